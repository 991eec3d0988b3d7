import type { AppError, Clock, Logger } from '@brine/common';
import { busError } from './bus-error.ts';
import { errorFromWire, errorToWire } from './error-wire.ts';
import type { PostOutcome } from './outbox.ts';
import { protocolLimits } from './protocol-limits.ts';
import type { Rate } from './rate.ts';
import type { MessageOf, SessionMessage } from './session-message.ts';

// Code, number and the length of the verb; code and number.
const requestHeaderBytes = 6;
const responseHeaderBytes = 5;

/** The messages by which requests are asked and answered. */
export type RequestMessage = MessageOf<'request' | 'response' | 'failure' | 'cancel'>;

/** Whether a message is one for a request desk. */
export function isRequestMessage(message: SessionMessage): message is RequestMessage {
  return ['request', 'response', 'failure', 'cancel'].includes(message.kind);
}

/** How one question is asked. */
interface Question {
  readonly verb: string;
  readonly body: Uint8Array;
  readonly timeoutMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

/** The requests in flight of one session, in both directions. */
export interface RequestDesk {
  /** Rejects with the codes that `MasterBus.request` and `MinionBus.request` name. */
  ask(question: Question): Promise<Uint8Array>;
  receive(message: RequestMessage): void;
  /** Fails what was asked with `code` and aborts what is being answered. */
  close(code: 'bus-disconnected' | 'bus-stopped'): void;
}

/** What a request desk is made of. */
export interface RequestDeskOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limit: number;
  /** How often the peer may ask; without it, as often as it likes. */
  readonly rate?: Rate;
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
  if (body.length + requestHeaderBytes + verb.length > protocolLimits.messageBytes) {
    throw busError('bus-too-large', `a request of ${body.length} bytes exceeds ${protocolLimits.messageBytes}`);
  }
}

export function createRequestDesk(options: RequestDeskOptions): RequestDesk {
  return new Desk(options);
}

class Desk implements RequestDesk {
  readonly #options: RequestDeskOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #answering = new Map<number, AbortController>();
  #nextNumber = 0;

  constructor(options: RequestDeskOptions) {
    this.#options = options;
  }

  async ask(question: Question): Promise<Uint8Array> {
    checkQuestion(question.verb, question.body);
    if (question.signal?.aborted === true) throw cancelled(question);
    if (this.#asked.size >= this.#options.limit) throw tooManyRequests();
    return this.#askNow(question);
  }

  receive(message: RequestMessage): void {
    if (message.kind === 'request') this.#serve(message);
    else if (message.kind === 'response') this.#asked.get(message.number)?.resolve(message.body);
    else if (message.kind === 'failure') this.#asked.get(message.number)?.reject(errorFromWire(message.body));
    else this.#abort(message.number);
  }

  close(code: 'bus-disconnected' | 'bus-stopped'): void {
    for (const asked of this.#asked.values()) asked.reject(busError(code, 'the session ended before the answer came'));
    for (const number of this.#answering.keys()) this.#abort(number);
  }

  #askNow(question: Question): Promise<Uint8Array> {
    const { verb, body, signal, timeoutMilliseconds } = question;
    const number = this.#takeNumber();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#asked.delete(number);
        timer.cancel();
        signal?.removeEventListener('abort', abandon);
      };
      const fail = (error: AppError): void => {
        settle();
        reject(error);
      };
      const giveUp = (error: AppError): void => {
        void this.#options.post({ kind: 'cancel', number });
        fail(error);
      };
      const abandon = (): void => giveUp(cancelled(question));
      const timer = this.#options.clock.after(timeoutMilliseconds, () =>
        giveUp(busError('bus-timeout', `no answer to "${verb}" in time`)),
      );
      signal?.addEventListener('abort', abandon);
      const succeed = (answer: Uint8Array): void => {
        settle();
        resolve(answer);
      };
      this.#asked.set(number, { resolve: succeed, reject: fail });
      void this.#postRequest({ kind: 'request', number, verb, body });
    });
  }

  async #postRequest(request: MessageOf<'request'>): Promise<void> {
    const outcome = await this.#options.post(request);
    if (outcome === 'busy') this.#asked.get(request.number)?.reject(tooManyBytes());
    if (outcome === 'closed')
      this.#asked.get(request.number)?.reject(busError('bus-disconnected', 'the session ended'));
  }

  #serve(request: MessageOf<'request'>): void {
    const { number } = request;
    if (this.#answering.has(number)) return;
    if (this.#answering.size >= this.#options.limit) {
      void this.#options.post({ kind: 'failure', number, body: errorToWire(tooManyRequests()) });
      return;
    }
    const controller = new AbortController();
    this.#answering.set(number, controller);
    void this.#reply(number, this.#answer(request, controller.signal));
  }

  async #answer(request: MessageOf<'request'>, signal: AbortSignal): Promise<Uint8Array> {
    const { verb } = request;
    const { clock, rate } = this.#options;
    if (!isVerb(verb)) throw busError('bus-verb', 'the verb is outside the grammar');
    const wait = rate?.reserve() ?? 0;
    if (wait > 0) await new Promise<void>((resume) => clock.after(wait, resume));
    if (signal.aborted) throw cancelled(request);
    const body = await this.#options.answer(verb, request.body, signal);
    if (body.length + responseHeaderBytes <= protocolLimits.messageBytes) return body;
    throw busError('bus-too-large', `the answer to "${verb}" exceeds ${protocolLimits.messageBytes} bytes`);
  }

  async #reply(number: number, answer: Promise<Uint8Array>): Promise<void> {
    const message = await answer.then(
      (body): SessionMessage => ({ kind: 'response', number, body }),
      (caught: unknown): SessionMessage => {
        this.#options.logger.debug('a request failed', { error: caught });
        return { kind: 'failure', number, body: errorToWire(caught) };
      },
    );
    if (!this.#answering.delete(number)) return;
    if ((await this.#options.post(message)) !== 'busy') return;
    await this.#options.post({ kind: 'failure', number, body: errorToWire(tooManyBytes()) });
  }

  #abort(number: number): void {
    this.#answering.get(number)?.abort();
    this.#answering.delete(number);
  }

  #takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber = (number + 1) >>> 0;
    return number;
  }
}

function cancelled({ verb }: Pick<Question, 'verb'>): AppError {
  return busError('bus-cancelled', `the request "${verb}" was cancelled`);
}

function tooManyRequests(): AppError {
  return busError('bus-busy', 'too many requests are in flight on this session');
}

function tooManyBytes(): AppError {
  return busError('bus-busy', 'too many bytes wait to be sent on this session');
}

function isVerb(verb: string): boolean {
  return /^[a-z][a-z0-9._-]{0,63}$/.test(verb);
}
