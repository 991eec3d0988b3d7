import type { Dict, Target, Value } from '@brine/common';
import type { JobReturnEvent } from '@brine/api';
import type { RunnerContext } from './define-runner.ts';

/** A job that a runner waits for. */
export interface RunnerJob {
  readonly target: Target;
  readonly fun: string;
  readonly positional?: readonly Value[];
  readonly keyword?: Dict;
  /** Seconds in which a minion must have taken it. */
  readonly timeout?: number;
  /** Returners that get the returns too. */
  readonly returners?: readonly string[];
  /** The id it is to have. */
  readonly jid?: string;
}

/** Runs a function on minions, as the caller of the runner may, and waits; what each answered, by id. */
export async function runOnMinions(
  job: RunnerJob,
  { dispatcher, caller, options }: RunnerContext,
): Promise<ReadonlyMap<string, JobReturnEvent>> {
  const { target, fun, positional = [], keyword = new Map(), timeout = secondsOf(options.get('timeout'), 5) } = job;
  const request = {
    ...{ target, fun, positional, keyword, deliverWithin: timeout * 1000 },
    ...(job.returners === undefined ? {} : { returners: { names: job.returners } }),
    ...(job.jid === undefined ? {} : { jid: job.jid }),
  };
  const { jid } = await dispatcher.submit(request, caller);
  const patience = 1000 * secondsOf(options.get('gather_job_timeout'), 10);
  const answers = new Map<string, JobReturnEvent>();
  for await (const event of dispatcher.follow(jid, { patience, signal: new AbortController().signal })) {
    if (event.kind === 'return' && event.status !== 'expired') answers.set(event.minion, event);
  }
  return answers;
}

/** Seconds that a configuration says. */
export function secondsOf(value: Value | undefined, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? value : otherwise;
}
