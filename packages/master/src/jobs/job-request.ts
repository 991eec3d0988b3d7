import { AppError, encodeValue, jidTime, parseJid, type Jid, type MinionId, type Target } from '@brine/common';
import type { JobRequest } from '@brine/api';
import { requireReturner } from '@brine/returners';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { BatchPlan, JobRecord } from '../store/store.ts';
import { placesOf } from './batch-size.ts';
import { laneOf } from './job-lane.ts';

/** The accepted minions that a target means. Throws `target-invalid` and `target-empty`. */
export function resolveTarget(target: Target, directory: MinionDirectory): readonly MinionId[] {
  const problems = directory.problemsOf(target);
  if (problems.length > 0) {
    const message = problems.map(({ summary }) => summary).join('; ');
    throw new AppError({ code: 'target-invalid', message, problems, exitCode: 2 });
  }
  const minions = directory.match(target);
  if (minions.length > 0) return minions;
  throw new AppError({
    code: 'target-empty',
    message: 'No minions matched the target. No command was sent, no jid was assigned.',
    exitCode: 2,
  });
}

/** Milliseconds a minion may be away with a job of a batch, when the request does not say. */
const standardPatience = 15_000;

interface RecordTerms {
  readonly jid: Jid;
  readonly user: string;
  readonly asker?: MinionId | undefined;
  readonly now: number;
  readonly count: number;
}

/** A request for `count` minions as it is stored. Throws `request-invalid` when the size of a batch is none. */
export function toJobRecord(request: JobRequest, { jid, user, asker, now, count }: RecordTerms): JobRecord {
  const batch = planOf(request, count);
  if (batch !== undefined && request.durable === true) {
    throw new AppError({ code: 'request-invalid', message: 'a durable job goes to all its minions at once: no batch' });
  }
  const lane = request.durable === true ? laneOf(request) : undefined;
  return {
    jid,
    fun: request.fun,
    positional: encodeValue([...request.positional]),
    keyword: encodeValue(request.keyword),
    target: request.target,
    user,
    ...(asker === undefined ? {} : { asker }),
    createdAt: now,
    notAfter: now + request.deliverWithin,
    ...(batch === undefined ? {} : { batch }),
    ...returnersOf(request),
    ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    ...(request.once === undefined ? {} : { once: request.once }),
    ...(request.durable === true ? { durable: true } : {}),
    ...(lane === undefined ? {} : { lane }),
  };
}

function returnersOf({ returners }: JobRequest): Pick<JobRecord, 'returners'> {
  if (returners === undefined || returners.names.length === 0) return {};
  for (const name of returners.names) requireReturner(name);
  const { names, config, kwargs } = returners;
  return {
    returners: {
      names,
      ...(config === undefined ? {} : { config }),
      ...(kwargs === undefined ? {} : { kwargs: encodeValue(kwargs) }),
    },
  };
}

function planOf(request: JobRequest, count: number): BatchPlan | undefined {
  const { batch, safeBatch, deliverWithin, patience = standardPatience } = request;
  const wish = batch ?? (safeBatch !== undefined && count >= safeBatch.limit ? { size: safeBatch.size } : undefined);
  if (wish === undefined) return undefined;
  const { size, wait = 0, failhard = false } = wish;
  return { places: placesOf(size, count), wait, failhard, patience, deliverWithin };
}

/** Reads the id of a job that a client names. Throws `job-unknown`. */
export function requireJid(text: string): Jid {
  const jid = parseJid(text);
  if (jid === undefined) throw new AppError({ code: 'job-unknown', message: `'${text}' is not a job id` });
  return jid;
}

/** Milliseconds that the clock of a client which chooses job ids may be ahead. */
const aheadAtMost = 60_000;

/** The job id that a client chose. Throws `request-invalid`: ids far ahead would be followed by all later ones. */
export function readChosenJid(text: string, now: number): Jid {
  const jid = parseJid(text);
  if (jid === undefined) {
    throw new AppError({ code: 'request-invalid', message: `'${text}' is not a valid JID: it has to be 20 digits` });
  }
  if (jidTime(jid) <= now + aheadAtMost) return jid;
  throw new AppError({ code: 'request-invalid', message: `the JID ${jid} lies in the future` });
}
