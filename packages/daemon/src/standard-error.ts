import { fstatSync, writeSync } from 'node:fs';
import { systemClock, type Clock, type Timer } from '@brine/common';

/** Where lines go that must never be waited for. */
export interface LineStream {
  write(line: string): void;
  /** Hands over what can be handed over without waiting, and takes no more. */
  destroy(): void;
}

/** What writes bytes and how much may wait for a reader. */
export interface PatientLinesOptions {
  /** Writes what fits now and answers how many bytes that were; throws `EAGAIN` when there is no room. */
  readonly write: (bytes: Buffer) => number;
  readonly clock: Clock;
  /** Bytes that are kept for a reader that is late; lines beyond them are dropped and counted. */
  readonly capacity: number;
}

const standardError = 2;
const millisecondsBetweenTries = 20;
const defaultCapacity = 4 * 2 ** 20;

/** Whether standard error is a pipe or socket: something that somebody reads, or does not. */
export function isStandardErrorRead(): boolean {
  try {
    const found = fstatSync(standardError);
    return found.isFIFO() || found.isSocket();
  } catch {
    return false;
  }
}

/** Lines to the process's standard error, a pipe or socket, that never wait for who reads them. */
export function openStandardError(): LineStream {
  // Opening Node's own stream is what makes the pipe one that says EAGAIN rather than waits.
  process.stderr.on('error', () => {});
  const lines = new PatientLines({
    write: (bytes) => writeSync(standardError, bytes),
    clock: systemClock,
    capacity: defaultCapacity,
  });
  const flush = (): void => lines.destroy();
  process.once('exit', flush);
  return {
    write: (line) => lines.write(line),
    destroy() {
      process.off('exit', flush);
      lines.destroy();
    },
  };
}

/** Keeps lines that find no room for a while, and says how many it had to drop once there is room again. */
export class PatientLines implements LineStream {
  readonly #options: PatientLinesOptions;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #lost = 0;
  #timer: Timer | undefined;

  constructor(options: PatientLinesOptions) {
    this.#options = options;
  }

  write(line: string): void {
    const next = Buffer.from(line);
    if (this.#bytes + next.length > this.#options.capacity) this.#lost += 1;
    else this.#keep(next);
    if (this.#timer === undefined) this.#pump();
  }

  destroy(): void {
    this.#timer?.cancel();
    this.#pump();
    this.#timer?.cancel();
    this.#forget();
  }

  #keep(line: Buffer): void {
    this.#waiting.push(line);
    this.#bytes += line.length;
  }

  #pump(): void {
    this.#timer = undefined;
    while (this.#waiting.length > 0 || this.#lost > 0) {
      if (this.#waiting.length === 0) this.#keep(this.#lossLine());
      const [first = Buffer.alloc(0)] = this.#waiting;
      const written = this.#tryWrite(first);
      if (written === 'gone') return this.#forget();
      this.#bytes -= written;
      if (written < first.length) {
        this.#waiting[0] = first.subarray(written);
        this.#timer = this.#options.clock.after(millisecondsBetweenTries, () => this.#pump());
        return undefined;
      }
      this.#waiting.shift();
    }
    return undefined;
  }

  #lossLine(): Buffer {
    const time = new Date(this.#options.clock.now()).toISOString();
    const line = { level: 40, time, lost: this.#lost, msg: 'log lines were lost: nobody read them' };
    this.#lost = 0;
    return Buffer.from(`${JSON.stringify(line)}\n`);
  }

  #tryWrite(line: Buffer): number | 'gone' {
    try {
      return this.#options.write(line);
    } catch (caught) {
      return (caught as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : 'gone';
    }
  }

  #forget(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#lost = 0;
  }
}
