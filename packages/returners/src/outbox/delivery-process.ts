import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '@brine/common';

/** What the process is asked. */
export interface DeliveryQuestion {
  readonly number: number;
  /** {@link encodeDelivery} bytes. */
  readonly delivery: Uint8Array;
  /** `encodeValue` of the configuration. */
  readonly options: Uint8Array;
  readonly id: string;
}

/** What it answers. */
export interface DeliveryAnswer {
  readonly number: number;
  readonly error?: string;
}

/** Makes deliveries in a process of its own, which is started when it is needed and ends when it is not. */
export interface DeliveryProcess {
  /** Why the delivery was not made; `undefined` when it was. Never rejects. */
  deliver(question: Omit<DeliveryQuestion, 'number'>): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** Milliseconds for one delivery, and after which a process without work ends. */
const limits = { delivery: 120_000, idle: 30_000 };

/** Creates the process; nothing is started yet. */
export function createDeliveryProcess(clock: Clock): DeliveryProcess {
  return new ForkedProcess(clock);
}

class ForkedProcess implements DeliveryProcess {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, (reason: string | undefined) => void>();
  #child: ChildProcess | undefined;
  #idle: Timer | undefined;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  deliver(question: Omit<DeliveryQuestion, 'number'>): Promise<string | undefined> {
    this.#idle?.cancel();
    this.#last += 1;
    const number = this.#last;
    return new Promise((resolve) => {
      const timeout = (): void => this.#settle(number, `no answer within ${limits.delivery} ms`);
      const timer = this.#clock.after(limits.delivery, timeout);
      this.#waiting.set(number, (reason) => {
        timer.cancel();
        resolve(reason);
      });
      this.#child ??= this.#start();
      this.#child.send({ number, ...question });
    });
  }

  async stop(): Promise<void> {
    this.#idle?.cancel();
    const ending = this.#child;
    if (ending === undefined) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGKILL');
    await ended;
  }

  #start(): ChildProcess {
    const child = fork(programFile(), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
    child.on('message', ({ number, error }: DeliveryAnswer) => this.#settle(number, error));
    child.on('error', (error) => this.#gone(child, error.message));
    child.on('exit', (code, signal) => this.#gone(child, `its process ended (${signal ?? code})`));
    return child;
  }

  #gone(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const number of this.#waiting.keys()) this.#settle(number, reason);
  }

  #settle(number: number, reason: string | undefined): void {
    this.#waiting.get(number)?.(reason);
    this.#waiting.delete(number);
    if (this.#waiting.size > 0) return;
    this.#idle?.cancel();
    this.#idle = this.#clock.after(limits.idle, () => this.#rest());
  }

  /** The next delivery starts a new process. */
  #rest(): void {
    const child = this.#child;
    this.#child = undefined;
    if (child?.connected === true) child.disconnect();
  }
}

function programFile(): string {
  // Node cannot run TypeScript: under the test runner the built file serves.
  const isSource = import.meta.url.endsWith('.ts');
  const place = isSource ? '../../dist/outbox/delivery-program.js' : './delivery-program.js';
  return fileURLToPath(new URL(place, import.meta.url));
}
