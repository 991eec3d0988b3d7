import { limitFault } from '../template-fault.ts';

const stepsBetweenLooks = 128;

/** Ends work that computes for too long. Time spent waiting can be left out. */
export class Stopwatch {
  private readonly milliseconds: number;
  private deadline: number;
  private steps = 0;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
    this.deadline = performance.now() + milliseconds;
  }

  /** Looks at the clock now and then. */
  tick(): void {
    this.steps += 1;
    if (this.steps % stepsBetweenLooks === 0) this.check();
  }

  check(): void {
    if (performance.now() > this.deadline)
      throw limitFault(`the template took longer than ${this.milliseconds} milliseconds`);
  }

  /** Milliseconds left. */
  get remaining(): number {
    return this.deadline - performance.now();
  }

  pausedDuring<Result>(work: () => Result): Result {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.deadline += performance.now() - start;
    }
  }
}
