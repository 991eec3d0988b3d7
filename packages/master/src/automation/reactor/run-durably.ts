import { parseJid, type Dict, type Jid, type Value } from '@brine/common';
import type { Caller, MasterCall, RunnerControl } from '@brine/api';
import type { AutomationStore } from '../automation-store.ts';

/** What a reaction that begins an orchestration reaches. */
export interface DurableReactionPorts {
  readonly runners: Pick<RunnerControl, 'run'>;
  readonly store: Pick<AutomationStore, 'fact' | 'setFact'>;
  readonly nextJid: () => Jid;
  /** Waits for an orchestration that was begun; `undefined` when there is none of this id. */
  readonly attach: (jid: Jid) => Promise<{ readonly value: Value; readonly retcode: number } | undefined>;
}

/** Where a reaction stands: the sequence number of its event, and which of its reactions it is. */
export interface ReactionPlace {
  readonly sequence: number;
  readonly index: number;
}

/** The kind of facts that tell which orchestrations an event has begun. */
export function reactionKind({ sequence }: Pick<ReactionPlace, 'sequence'>): string {
  return `reaction ${sequence}`;
}

/**
 * Begins an orchestration for a reaction. An event that is handled again, after a restart, finds the one that it has
 * begun before: that goes on for itself.
 */
export async function runDurably(
  call: MasterCall,
  { place, caller }: { readonly place: ReactionPlace; readonly caller: Caller },
  { runners, store, nextJid, attach }: DurableReactionPorts,
): Promise<{ readonly value: Value; readonly retcode: number }> {
  const name = String(place.index);
  const kept = store.fact(reactionKind(place), name);
  const before = kept === undefined ? undefined : parseJid(Buffer.from(kept).toString());
  const jid = before ?? parseJid(call.keyword.get('orchestration_jid')) ?? nextJid();
  if (before === undefined) await store.setFact(reactionKind(place), name, Buffer.from(jid));
  const present = before === undefined ? undefined : await attach(jid);
  if (present !== undefined) return present;
  const keyword: Dict = new Map([...call.keyword, ['orchestration_jid', jid]]);
  return runners.run({ ...call, keyword }, caller);
}
