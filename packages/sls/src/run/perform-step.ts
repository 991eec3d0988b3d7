import type { Clock } from '@brine/common';
import { callStep, type StepCall } from './call-step.ts';
import { foretellRetry, readRetryRules, type RetryRules } from './retry-rules.ts';
import type { RunState } from './run-state.ts';
import type { FiringStep } from './state-library.ts';
import type { StepResult } from './step-result.ts';
import type { Step } from '../compile/step.ts';

/** How a step is to be performed. */
export interface Performance {
  readonly step: Step;
  /** The changed steps that it watches; when there are any, its `onWatch` acts if it does not act itself. */
  readonly firedBy: readonly FiringStep[];
  /** Counts a call of a state: as Salt, every retry and every fired watch is one of the run's numbers. */
  readonly count: () => void;
}

/** Calls a step's state with its retries, and its `onWatch` when something it watches changed. */
export async function performStep(run: RunState, { step, firedBy, count }: Performance): Promise<StepResult> {
  const foretell = run.test;
  const checked = await callWithRetries(run, { step, foretell, firedBy: undefined }, count);
  if (firedBy.length === 0 || checked.skipsWatch) return checked;
  // In Salt a change that is foretold without saying what changes lets `mod_watch` foretell again.
  if (run.test && checked.actedItself && checked.changes.size === 0) count();
  if (checked.actedItself || checked.isChanged) return checked;
  return callWithRetries(run, { step, foretell, firedBy }, count);
}

/** Calls only the `onWatch` of a step, for one that listens. */
export async function performListener(run: RunState, { step, firedBy, count }: Performance): Promise<StepResult> {
  return callWithRetries(run, { step, foretell: run.test, firedBy }, count);
}

async function callWithRetries(run: RunState, call: StepCall, count: () => void): Promise<StepResult> {
  let outcome = await callStep(run, call);
  count();
  const retry = call.step.chunk.get('retry');
  if (retry === undefined || run.mocked) return outcome;
  const rules = readRetryRules(retry);
  if (run.test) return { ...outcome, comment: `${outcome.comment}  ${foretellRetry(rules)}` };
  const told: string[] = [];
  for (let tried = 1; tried < rules.attempts && outcome.result !== rules.until && !run.signal.aborted; tried += 1) {
    const pause = pauseSeconds(rules);
    await sleep(run.clock, pause * 1000, run.signal);
    const again = await callStep(run, call);
    count();
    told.push(tellAttempt(tried, outcome));
    const duration = outcome.duration + again.duration + pause * 1000;
    outcome = { ...again, startedAt: outcome.startedAt, duration };
  }
  return { ...outcome, comment: [...told, outcome.comment].join('\n') };
}

function tellAttempt(attempt: number, { result, comment }: StepResult): string {
  const shown = result === null ? 'None' : result ? 'True' : 'False';
  return `Attempt ${attempt}: Returned a result of "${shown}", with the following comment: "${comment}"`;
}

function pauseSeconds({ interval, splay }: RetryRules): number {
  return splay === 0 ? interval : interval + Math.floor(Math.random() * (splay + 1));
}

function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.after(milliseconds, wake);
    signal.addEventListener('abort', wake);
  });
}
