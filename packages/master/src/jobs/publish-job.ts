import { encodeMessage, type Jid, type JobMessage, type MinionId } from '@brine/common';
import type { JobRecord, Store } from '../store/store.ts';
import type { JobTransport } from './job-transport.ts';

/** Hands a job to the transport for some minions. */
export async function publishJob(job: JobRecord, minions: readonly MinionId[], transport: JobTransport): Promise<void> {
  const message: JobMessage = {
    jid: job.jid,
    fun: job.fun,
    argument: job.positional,
    keywordArgument: job.keyword,
    target: job.target,
    user: job.user,
    notAfter: job.notAfter,
  };
  await transport.publish({ id: job.jid, minions, body: encodeMessage(message), notAfter: job.notAfter });
}

/** Publishes again what nobody had taken when an earlier process ended. */
export async function publishWaiting(store: Store, transport: JobTransport): Promise<void> {
  const waiting = new Map<Jid, MinionId[]>();
  for (const { jid, minion, status } of await store.unfinished()) {
    if (status === 'queued') waiting.set(jid, [...(waiting.get(jid) ?? []), minion]);
  }
  for (const [jid, minions] of waiting) {
    const job = await store.findJob(jid);
    if (job !== undefined) await publishJob(job, minions, transport);
  }
}
