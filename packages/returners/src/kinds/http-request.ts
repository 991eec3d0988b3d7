import { returnerError } from '../errors.ts';

/** Milliseconds in which a server must have answered. */
const timeout = 30_000;

/** Bytes of an answer that are shown when a server refuses. */
const shownLength = 300;

/** What to send where. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses that are fine beside 2xx. */
  readonly accepts?: readonly number[];
}

/** Sends a request and answers its status. Throws `returner-failed` for others than 2xx; the URL may hold a secret and is not named. */
export async function sendRequest({ url, method = 'POST', headers, body, accepts = [] }: HttpRequest): Promise<number> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
  }).catch((error: unknown) => {
    throw returnerError('returner-failed', `the server cannot be reached: ${reasonOf(error)}`, error);
  });
  const text = await response.text();
  if (response.ok || accepts.includes(response.status)) return response.status;
  throw returnerError('returner-failed', `the server answered ${response.status}: ${text.slice(0, shownLength)}`);
}

function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  if (cause instanceof Error) return cause.message === '' ? cause.name : cause.message;
  return error instanceof Error ? error.message : String(error);
}

/** The header of a login by name and password, when both are there. */
export function basicLogin(user: string | undefined, password: string | undefined): Readonly<Record<string, string>> {
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
}
