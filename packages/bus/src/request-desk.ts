import { AppError, type Clock, type Logger } from '@brine/common';
import type { BusErrorCode } from './errors.ts';
import { errorFromWire, errorToWire } from './error-wire.ts';
import type { PostOutcome } from './outbox.ts';
import { protocolLimits } from './protocol-limits.ts';
import type { MessageOf, SessionMessage } from './session-message.ts';

/** How one question is asked. */
export interface Question {
  readonly verb: string;
  readonly body: Uint8Array;
  readonly timeoutMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

/** The requests in flight of one session, in both directions. */
export interface RequestDesk {
  /** Rejects with the codes that `MasterBus.request` and `MinionBus.request` name. */
  ask(question: Question): Promise<Uint8Array>;
  receive(message: MessageOf<'request' | 'response' | 'failure' | 'cancel'>): void;
  /** Fails what was asked with `code` and aborts what is being answered. */
  close(code: 'bus-disconnected' | 'bus-stopped'): void;
}

/** What a request desk is made of. */
export interface RequestDeskOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limit: number;
  post(message: SessionMessage): Promise<PostOutcome>;
  answer(verb: string, body: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
}

interface Asked {
  resolve(body: Uint8Array): void;
  reject(error: AppError): void;
}

/** Throws `bus-verb` or `bus-too-large` for what can not be asked. */
export function checkQuestion(verb: string, body: Uint8Array): void {
  if (!isVerb(verb)) throw busError('bus-verb', `"${verb.slice(0, 80)}" is not a verb`);
  // What a request adds to its body: code, number, length of the verb and the verb.
  if (body.length + verb.length + 6 > protocolLimits.messageBytes) {
    throw busError('bus-too-large', `a request of ${body.length} bytes exceeds ${protocolLimits.messageBytes}`);
  }
}

/** An error of the bus's own catalogue. */
export function busError(code: BusErrorCode, message: string, cause?: unknown): AppError {
  return new AppError(cause === undefined ? { code, message } : { code, message, cause });
}

export function createRequestDesk(options: RequestDeskOptions): RequestDesk {
  const asked = new Map<number, Asked>();
  const answering = new Map<number, AbortController>();
  let nextNumber = 0;

  const takeNumber = (): number => {
    const number = nextNumber;
    nextNumber = (nextNumber + 1) >>> 0;
    return number;
  };

  const ask = (question: Question): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const { verb, body, signal } = question;
      const number = takeNumber();
      const settle = (): void => {
        asked.delete(number);
        timer.cancel();
        signal?.removeEventListener('abort', abandon);
      };
      const fail = (error: AppError): void => {
        settle();
        reject(error);
      };
      const giveUp = (error: AppError): void => {
        void options.post({ kind: 'cancel', number });
        fail(error);
      };
      const abandon = (): void => giveUp(busError('bus-cancelled', `the request "${verb}" was cancelled`));
      const timer = options.clock.after(question.timeoutMilliseconds, () =>
        giveUp(busError('bus-timeout', `no answer to "${verb}" within ${question.timeoutMilliseconds} ms`)),
      );
      signal?.addEventListener('abort', abandon);
      asked.set(number, {
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: fail,
      });
      void options.post({ kind: 'request', number, verb, body }).then((outcome) => {
        if (outcome === 'busy') asked.get(number)?.reject(busError('bus-busy', 'too many bytes wait to be sent'));
      });
    });

  const reply = async (number: number, outcome: Promise<Uint8Array>): Promise<void> => {
    const message = await outcome.then(
      (body): SessionMessage => ({ kind: 'response', number, body }),
      (caught: unknown): SessionMessage => ({ kind: 'failure', number, body: errorToWire(caught) }),
    );
    if (!answering.delete(number)) return;
    if ((await options.post(message)) !== 'busy') return;
    const body = errorToWire(busError('bus-busy', 'too many bytes wait to be sent'));
    await options.post({ kind: 'failure', number, body });
  };

  const answer = async (message: MessageOf<'request'>, signal: AbortSignal): Promise<Uint8Array> => {
    if (!isVerb(message.verb)) throw busError('bus-verb', 'the verb is outside the grammar');
    try {
      const body = await options.answer(message.verb, message.body, signal);
      if (body.length + 5 <= protocolLimits.messageBytes) return body;
    } catch (caught) {
      options.logger.debug('a request failed', { verb: message.verb, error: caught });
      throw caught;
    }
    throw busError('bus-too-large', `the answer to "${message.verb}" exceeds ${protocolLimits.messageBytes} bytes`);
  };

  const serve = (message: MessageOf<'request'>): void => {
    if (answering.has(message.number)) return;
    if (answering.size >= options.limit) {
      const body = errorToWire(busError('bus-busy', 'too many requests are in flight on this session'));
      void options.post({ kind: 'failure', number: message.number, body });
      return;
    }
    const controller = new AbortController();
    answering.set(message.number, controller);
    void reply(message.number, answer(message, controller.signal));
  };

  return {
    ask: async (question) => {
      checkQuestion(question.verb, question.body);
      if (question.signal?.aborted === true) throw busError('bus-cancelled', 'the request was cancelled');
      if (asked.size >= options.limit) throw busError('bus-busy', 'too many requests are in flight on this session');
      return ask(question);
    },
    receive: (message) => {
      if (message.kind === 'request') serve(message);
      else if (message.kind === 'response') asked.get(message.number)?.resolve(message.body);
      else if (message.kind === 'failure') asked.get(message.number)?.reject(errorFromWire(message.body));
      else cancel(answering, message.number);
    },
    close: (code) => {
      for (const question of asked.values())
        question.reject(busError(code, 'the session ended before the answer came'));
      for (const number of answering.keys()) cancel(answering, number);
    },
  };
}

function cancel(answering: Map<number, AbortController>, number: number): void {
  answering.get(number)?.abort();
  answering.delete(number);
}

function isVerb(verb: string): boolean {
  return /^[a-z][a-z0-9._-]{0,63}$/.test(verb);
}
