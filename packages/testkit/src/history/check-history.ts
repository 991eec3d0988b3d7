import { finalJobStatuses, type JobStatus } from '@brine/common';

/** A job and a minion. */
export interface JobOnMinion {
  readonly jid: string;
  readonly minion: string;
}

/** What a fault test recorded from outside, and what the job store says in the end. */
export interface JobHistory {
  /** Jobs whose id a client got. */
  readonly accepted: readonly { readonly jid: string; readonly minions: readonly string[] }[];
  /** What the jobs themselves left, once for each time they ran. */
  readonly executions: readonly JobOnMinion[];
  readonly deliveries: readonly (JobOnMinion & { readonly status: string; readonly value?: unknown })[];
  /** What a run of a job returns. */
  valueOf(jid: string, minion: string): unknown;
}

/** Statuses that say that the job was never begun. */
const neverBegun = new Set(['expired', 'refused']);

/** Every way in which a history breaks the promises of `docs/faults.md`, a line each; empty when all hold. */
export function checkHistory(history: JobHistory): readonly string[] {
  const runs = new Map<string, number>();
  for (const { jid, minion } of history.executions) {
    runs.set(`${jid} ${minion}`, (runs.get(`${jid} ${minion}`) ?? 0) + 1);
  }
  const known = new Set(history.deliveries.map(({ jid, minion }) => `${jid} ${minion}`));
  return [
    ...lost(history, known),
    ...[...runs].flatMap(([name, times]) => (times > 1 ? [`I2 ${name}: ran ${times} times`] : [])),
    ...[...runs.keys()].flatMap((name) => (known.has(name) ? [] : [`I1 ${name}: ran and is not known`])),
    ...history.deliveries.flatMap((delivery) => checkDelivery(delivery, history, runs)),
  ];
}

function lost({ accepted }: JobHistory, known: ReadonlySet<string>): readonly string[] {
  const names = accepted.flatMap(({ jid, minions }) => minions.map((minion) => `${jid} ${minion}`));
  return names.filter((name) => !known.has(name)).map((name) => `I1 ${name}: accepted and lost`);
}

function checkDelivery(
  { jid, minion, status, value }: JobHistory['deliveries'][number],
  history: JobHistory,
  runs: ReadonlyMap<string, number>,
): readonly string[] {
  const name = `${jid} ${minion}`;
  const hasRun = runs.has(name);
  const wrong: string[] = [];
  if (!finalJobStatuses.includes(status as JobStatus)) wrong.push(`I3 ${name}: ended as ${status}`);
  if (status === 'ok' && !hasRun) wrong.push(`I4 ${name}: returned without a run`);
  if (status === 'ok' && value !== history.valueOf(jid, minion)) wrong.push(`I4 ${name}: returned ${String(value)}`);
  if (neverBegun.has(status) && hasRun) wrong.push(`I10 ${name}: is ${status} and ran`);
  return wrong;
}
