import type { Clock } from '@brine/common';
import type { Step } from '../compile/step.ts';
import type { StepGate } from './run-ports.ts';

/** What holds or ends a run before one of its steps. */
export interface PauseMark {
  /** End the run instead of holding it. */
  readonly kill?: boolean;
  /** Seconds to hold; until it is taken back unless given. */
  readonly duration?: number;
}

/** State id → mark; `__all__` means every step. */
export type PauseMarks = ReadonlyMap<string, PauseMark>;

/** Where the marks of runs are kept, for whoever sets them and the run that obeys (`state.pause`). */
export interface PauseStore {
  /** The marks of the run with this jid, asked before every step. */
  read(jid: string): Promise<PauseMarks>;
  /** Replaces them; without any, nothing is kept of the run. */
  write(jid: string, marks: PauseMarks): Promise<void>;
  /** The jids with marks. */
  list(): Promise<readonly string[]>;
}

/** The id of marks that hold every step. */
export const everyStep = '__all__';

/** What a gate needs. */
export interface PauseGateParts {
  readonly store: PauseStore;
  readonly jid: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

// The one who takes a mark back is another process: looking again is all there is.
const lookMilliseconds = 500;

/** A gate that obeys the marks of its run. */
export function createPauseGate({ store, jid, clock, signal }: PauseGateParts): StepGate {
  return {
    async beforeStep({ id }: Step) {
      const since = clock.monotonic();
      while (!signal.aborted) {
        const marks = await store.read(jid);
        const mark = marks.get(id) ?? marks.get(everyStep);
        if (mark === undefined) return 'run';
        if (mark.kill === true) return 'kill';
        if (mark.duration !== undefined && clock.monotonic() - since >= mark.duration * 1000) return 'run';
        await new Promise<void>((resolve) => void clock.after(lookMilliseconds, resolve));
      }
      return 'kill';
    },
  };
}
