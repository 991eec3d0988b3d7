import type { SendMailOptions } from 'nodemailer';
import { failure } from '../failure.ts';

/** A server that takes mails, and how it is spoken to. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `needed`: nothing is said in the clear; `offered`: whatever the server can do, its certificate unchecked. */
  readonly encryption: 'at once' | 'needed' | 'offered';
  readonly login?: { readonly user: string; readonly pass: string };
}

/** Milliseconds until a server must have answered. */
const timeout = 30_000;

/** What a server says to a mail or a login that it does not take, as nodemailer calls it. */
const refusals: ReadonlySet<unknown> = new Set(['EAUTH', 'EENVELOPE', 'EMESSAGE', 'EDNS']);

/** Hands a mail to a server. Throws when it cannot be spoken to, and what the signal was aborted with. */
export async function deliverMail(
  { host, port, encryption, login }: MailServer,
  mail: SendMailOptions,
  signal: AbortSignal,
): Promise<'sent' | { readonly refusal: string }> {
  signal.throwIfAborted();
  const { createTransport } = (await import('nodemailer')).default;
  const transport = createTransport({
    ...{ host, port, secure: encryption === 'at once', requireTLS: encryption === 'needed' },
    ...(encryption === 'offered' ? { tls: { rejectUnauthorized: false } } : {}),
    ...(login === undefined ? {} : { auth: login }),
    ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const stop = (): void => transport.close();
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([transport.sendMail(mail), aborted(signal)]);
    return 'sent';
  } catch (error) {
    signal.throwIfAborted();
    const { message, code } = error as Error & { readonly code?: unknown };
    if (refusals.has(code)) return { refusal: message };
    throw failure(`The server ${host}:${port} cannot be spoken to: ${message}`, error);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
