import { encodeMessage, type Jid, type JobMessage, type MinionId } from '@brine/common';
import type { JobRecord, Store } from '../store/store.ts';
import type { JobTransport } from './job-transport.ts';
import { passesContents } from './passing-contents.ts';

/** Hands a job to the transport for some minions, which must take it until `notAfter`. */
export async function publishJob(
  job: JobRecord,
  { minions, notAfter }: { readonly minions: readonly MinionId[]; readonly notAfter: number },
  transport: JobTransport,
  revealTo?: Uint8Array,
): Promise<void> {
  if (minions.length === 0) return;
  const message: JobMessage = {
    jid: job.jid,
    fun: job.fun,
    argument: job.positional,
    keywordArgument: job.keyword,
    target: job.target,
    user: job.user,
    notAfter,
    ...(job.asker === undefined ? {} : { asker: job.asker }),
    ...(job.returners === undefined ? {} : { returners: job.returners }),
    ...(revealTo === undefined ? {} : { revealTo }),
  };
  await transport.publish({ id: job.jid, minions, body: encodeMessage(message), notAfter });
}

/** Publishes again what had been released and nobody had taken when an earlier process ended. */
export async function publishWaiting(store: Store, transport: JobTransport): Promise<void> {
  const waiting = new Map<string, { readonly jid: Jid; readonly notAfter: number; readonly minions: MinionId[] }>();
  for (const { jid, minion, status, notAfter } of await store.unfinished()) {
    if (status !== 'queued' || notAfter === undefined) continue;
    const key = `${jid} ${notAfter}`;
    const group = waiting.get(key) ?? { jid, notAfter, minions: [] };
    group.minions.push(minion);
    waiting.set(key, group);
  }
  for (const { jid, ...group } of waiting.values()) {
    const job = await store.findJob(jid);
    // Contents that were not kept cannot be sent again: that job expires.
    if (job !== undefined && !passesContents(job.fun) && job.own !== true) await publishJob(job, group, transport);
  }
}
