import { AppError, encodeValue, parseJid, type Jid, type MinionId, type Target } from '@brine/common';
import type { JobRequest } from '@brine/api';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { JobRecord } from '../store/store.ts';

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

/** A request as it is stored. */
export function toJobRecord(
  request: JobRequest,
  { jid, user, now }: { readonly jid: Jid; readonly user: string; readonly now: number },
): JobRecord {
  return {
    jid,
    fun: request.fun,
    positional: encodeValue([...request.positional]),
    keyword: encodeValue(request.keyword),
    target: request.target,
    user,
    createdAt: now,
    notAfter: now + request.deliverWithin,
  };
}

/** Reads the id of a job that a client names. Throws `job-unknown`. */
export function requireJid(text: string): Jid {
  const jid = parseJid(text);
  if (jid === undefined) throw new AppError({ code: 'job-unknown', message: `'${text}' is not a job id` });
  return jid;
}
