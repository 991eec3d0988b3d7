import {
  decodeValue,
  type Clock,
  type Jid,
  type JobReturn,
  type Logger,
  type MinionId,
  type Value,
} from '@brine/common';
import type { EventBus } from '../events/event-bus.ts';
import type { JobRecord, Store } from '../store/store.ts';
import { requireJid } from './job-request.ts';
import { toldEncodedArguments } from './told-arguments.ts';

/** The return of a job that a minion gave to itself. */
export type OwnJobReturn = JobReturn & { readonly own: NonNullable<JobReturn['own']> };

/** What reports are recorded with. */
export interface OwnJobParts {
  readonly store: Store;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nextJid: () => Jid;
  /** Whether a report that is to be kept says something new; all do unless given. */
  readonly isNews?: (minion: MinionId, report: OwnJobReturn) => boolean;
  /** Told of every report, after it was recorded; of one that came again too. */
  readonly onReport?: (minion: MinionId, report: OwnJobReturn) => Promise<void>;
}

/** Records what a minion did of itself as a job of its own, and tells the event bus as Salt does. */
export async function recordOwnJob(minion: MinionId, report: OwnJobReturn, parts: OwnJobParts): Promise<void> {
  const { events } = parts;
  const { jid, isNew } = mustKeep(minion, report, parts)
    ? await keep(minion, report, parts)
    : { jid: requireJid(report.jid), isNew: true };
  // A report that is told again too: whoever died after it was kept as a job may not have noted it yet.
  await parts.onReport?.(minion, report);
  if (!isNew) return;
  const { own, fun, retcode, status, pillarVersion } = report;
  const metadata = own.metadata === undefined ? undefined : decodeValue(own.metadata);
  const args = toldEncodedArguments(fun, own.argument, own.keywordArgument);
  events.emit(
    `salt/job/${jid}/ret/${minion}`,
    {
      ...{ cmd: '_return', id: minion, jid, fun },
      fun_args: args,
      // What is said of a call at the machine itself, as in Salt.
      ...(own.kind === 'call' ? { arg: args, tgt: minion, tgt_type: 'glob' } : {}),
      ...{ return: decodeValue(report.value), retcode, success: status === 'ok', status },
      ...(report.outputter === undefined ? {} : { out: report.outputter }),
      ...(pillarVersion === undefined ? {} : { pillar_version: pillarVersion }),
      ...(own.name === undefined ? {} : { schedule: own.name }),
      ...(metadata === undefined ? {} : { metadata }),
    },
    'minion',
  );
}

function mustKeep(minion: MinionId, report: OwnJobReturn, { isNews }: OwnJobParts): boolean {
  return report.own.report === 'store' && isNews?.(minion, report) !== false;
}

/** Answers the jid under which it is kept, and whether it was not before. */
async function keep(
  minion: MinionId,
  report: OwnJobReturn,
  parts: OwnJobParts,
): Promise<{ readonly jid: Jid; readonly isNew: boolean }> {
  const { store } = parts;
  const told = requireJid(report.jid);
  // Clients cannot choose such a key: theirs are digests.
  const key = `own ${minion} ${told}`;
  const kept = (await store.findSubmission(key))?.jid;
  // A minion cannot write over another's job: ids that meet by chance get a new one, the same whenever the report comes again.
  const jid = kept ?? ((await store.findJob(told)) === undefined ? told : parts.nextJid());
  if (kept === undefined) {
    const record = toRecord(minion, report, { jid, now: parts.clock.now() });
    await store.addJob({ ...record, once: { key, digest: '' } }, [minion]);
  }
  return { jid, isNew: await store.finish(minion, { ...report, jid }) };
}

function toRecord(
  minion: MinionId,
  { fun, own, startedAt }: OwnJobReturn,
  { jid, now }: { readonly jid: Jid; readonly now: number },
): JobRecord {
  const metadata: Value | undefined = own.metadata === undefined ? undefined : decodeValue(own.metadata);
  return {
    ...{ jid, fun, positional: own.argument, keyword: own.keywordArgument, user: own.kind },
    target: { type: 'glob', expression: minion },
    createdAt: Math.min(startedAt, now),
    notAfter: now,
    ...(metadata === undefined ? {} : { metadata }),
  };
}
