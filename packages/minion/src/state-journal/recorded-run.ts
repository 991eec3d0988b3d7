import type { DueFollower, JournalRecord, RunHeader } from './journal-record.ts';

/** What the records of one run tell. */
export interface RecordedRun {
  /** `undefined` when the run ended by itself, or its beginning is damaged. */
  readonly header: RunHeader | undefined;
  /** Tags, in the order of the run. */
  readonly done: readonly string[];
  readonly inProgress: readonly string[];
  readonly notBegun: readonly string[];
  readonly due: readonly DueFollower[];
}

interface Tally {
  header: RunHeader | undefined;
  readonly begun: Set<string>;
  readonly ended: Set<string>;
  /** Follower → what earlier runs changed for it. */
  readonly inherited: Map<string, DueFollower>;
  /** Follower → tags of what this run changed for it. */
  readonly own: Map<string, Set<string>>;
}

/** Works out from the records of a run how far it got and which followers are due. */
export function replayRun(records: Iterable<JournalRecord>): RecordedRun {
  const tally: Tally = {
    header: undefined,
    begun: new Set(),
    ended: new Set(),
    inherited: new Map(),
    own: new Map(),
  };
  for (const record of records) note(tally, record);
  const { header, begun, ended } = tally;
  const steps = new Set([...(header?.steps ?? []), ...begun]);
  return {
    header,
    done: [...steps].filter((tag) => ended.has(tag)),
    inProgress: [...steps].filter((tag) => begun.has(tag) && !ended.has(tag)),
    notBegun: [...steps].filter((tag) => !begun.has(tag)),
    due: mergeDue([...tally.inherited.values()], ownDue(tally)),
  };
}

function note(tally: Tally, record: JournalRecord): void {
  switch (record.kind) {
    case 'run':
      tally.header = record;
      for (const entry of record.due) tally.inherited.set(entry.follower, entry);
      return;
    case 'begin':
      tally.begun.add(record.tag);
      return;
    case 'change':
      for (const follower of record.followers) {
        const changed = tally.own.get(follower) ?? new Set();
        tally.own.set(follower, changed.add(record.tag));
      }
      return;
    case 'end':
      noteEnd(tally, record);
      return;
    case 'left':
      for (const entry of record.due) tally.inherited.set(entry.follower, entry);
  }
}

function noteEnd(tally: Tally, { tag, changed }: Extract<JournalRecord, { kind: 'end' }>): void {
  tally.ended.add(tag);
  tally.inherited.delete(tag);
  tally.own.delete(tag);
  if (changed) return;
  for (const [follower, sources] of tally.own) {
    if (sources.delete(tag) && sources.size === 0) tally.own.delete(follower);
  }
}

function ownDue({ header, own }: Tally): DueFollower[] {
  const since = header?.startedAt ?? 0;
  return Array.from(own, ([follower, changed]) => ({ follower, changed: [...changed], since }));
}

/** Joins what several runs left: each follower once, as old as its youngest cause. */
export function mergeDue(...lists: readonly (readonly DueFollower[])[]): DueFollower[] {
  const merged = new Map<string, DueFollower>();
  for (const { follower, changed, since } of lists.flat()) {
    const present = merged.get(follower);
    const all = new Set([...(present?.changed ?? []), ...changed]);
    merged.set(follower, { follower, changed: [...all], since: Math.max(since, present?.since ?? 0) });
  }
  return [...merged.values()];
}
