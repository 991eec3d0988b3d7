import { limitFault } from '../template-fault.ts';
import { threadTime } from './thread-time.ts';

const stepsBetweenLooks = 128;

/** Milliseconds by the wall, and those of the processor that the thread has had. */
export interface StopwatchClocks {
  readonly wall: () => number;
  readonly thread: () => number | undefined;
}

const systemClocks: StopwatchClocks = { wall: () => performance.now(), thread: threadTime };

/** How often the limit may pass by the clock on the wall before work ends whatever it had of the processor. */
export const longestWait = 5;

/**
 * Ends work that computes for too long. What counts is time of the processor, so that a busy machine does not end
 * what is harmless; where the system does not tell it, time on the wall. Time spent waiting can be left out.
 */
export class Stopwatch {
  private readonly milliseconds: number;
  private readonly clocks: StopwatchClocks;
  private deadline: number;
  private latest: number;
  private startedAt: number | undefined;
  private steps = 0;

  constructor(milliseconds: number, clocks: StopwatchClocks = systemClocks) {
    this.milliseconds = milliseconds;
    this.clocks = clocks;
    this.deadline = clocks.wall() + milliseconds;
    this.latest = clocks.wall() + milliseconds * longestWait;
  }

  /** Looks at the clock now and then. */
  tick(): void {
    this.steps += 1;
    if (this.steps % stepsBetweenLooks === 0) this.check();
  }

  check(): void {
    this.startedAt ??= this.clocks.thread();
    const now = this.clocks.wall();
    if (now <= this.deadline) return;
    const left = this.left();
    if (left <= 0 || now > this.latest)
      throw limitFault(`the template took longer than ${this.milliseconds} milliseconds`);
    this.deadline = now + left;
  }

  pausedDuring<Result>(work: () => Result): Result {
    const start = this.clocks.wall();
    const busyAtStart = this.startedAt === undefined ? undefined : this.clocks.thread();
    try {
      return work();
    } finally {
      const waited = this.clocks.wall() - start;
      this.deadline += waited;
      this.latest += waited;
      // Other renders may have used the thread meanwhile.
      if (this.startedAt !== undefined) this.startedAt += (this.clocks.thread() ?? 0) - (busyAtStart ?? 0);
    }
  }

  // Milliseconds of the processor that are left.
  private left(): number {
    const now = this.clocks.thread();
    return now === undefined || this.startedAt === undefined ? 0 : this.startedAt + this.milliseconds - now;
  }
}
