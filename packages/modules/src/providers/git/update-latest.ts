import type { Applied, Changes, CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { redactUrl } from '../files/find-source.ts';
import type { LatestRequest } from './latest-request.ts';
import { askGit, urlWithLogin } from './git-command.ts';
import { carryOutUpdate } from './move-clone.ts';
import { notForward, type Update } from './not-forward.ts';
import { readClone, type RemoteState } from './read-clone.ts';
import { isAt, placeOf, shortCommit, tellSteps, trackingOf } from './revision.ts';

/** What `git.latest` does with a clone that is there. The branch it is on stays unless another one is asked for. */
export async function checkUpdate(
  request: LatestRequest,
  remote: RemoteState,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  const { revision } = remote;
  const clone = await readClone(request, remote, host);
  const { target, login, force_reset: reset } = request;
  const isThere = isAt(clone.current, revision);
  if (isThere && clone.isDirty && reset !== true)
    return isOk(
      `Repository ${target} is up-to-date, but with uncommitted changes. Set 'force_reset' to True to purge uncommitted changes.`,
    );
  if (clone.strayTag !== undefined && reset === false)
    return fails(
      `'${request.rev}' is a tag, but the remote SHA1 for this tag (${shortCommit(revision.commit)}) doesn't match the local SHA1 (${shortCommit(clone.strayTag)}). Set 'force_reset' to True to force this update.`,
    );
  let isForward: boolean | undefined = clone.isDirty && reset !== 'remote-changes' ? false : undefined;
  if (clone.hasRevision && isForward === undefined)
    isForward =
      clone.base === undefined ||
      (await askGit(host, ['-C', target, 'merge-base', '--is-ancestor', clone.base, revision.commit], login)) !==
        undefined;
  const update = { revision, clone, isForward };
  const changes = foretellChanges(request, update);
  if (!isThere && !request.update_head && clone.turn === 'none') return isOk(tellHeld(request, update));
  if (Object.keys(changes).length === 0) return isOk(`Repository ${target} is up-to-date`);
  const refusal = isForward === false && reset === false ? notForward(request, update) : refuse(request, update);
  if (refusal !== undefined) return fails(refusal);
  return willChange({ comment: foretell(request, update), changes }, (machine) =>
    attempt('', () => apply(request, { update, changes }, machine)),
  );
}

function tellHeld(request: LatestRequest, { revision, clone }: Update): string {
  const place = placeOf(request, revision);
  const head = shortCommit(clone.current);
  return clone.hasRevision
    ? `${place.replace(/^remote/, 'Remote')} is already present and local HEAD (${head}) does not match, but update_head=False. HEAD has not been updated locally.`
    : `Local HEAD (${head}) does not match ${place} but update_head=False, HEAD would not be updated locally`;
}

/** Why an update cannot be made that would be a fast-forward, or is forced. */
function refuse(request: LatestRequest, { revision, clone, isForward }: Update): string | undefined {
  if (clone.turn !== 'none' && clone.isDirty && !request.force_checkout)
    return `Local branch '${clone.branch ?? 'None'}' has uncommitted changes. Set 'force_checkout' to True to discard them and proceed.`;
  const isMerge = revision.kind === 'branch' || revision.kind === 'head';
  const isDetached = clone.turn === 'none' && clone.branch === 'HEAD';
  if (isDetached && isMerge && isForward !== false && !isAt(clone.current, revision) && request.force_reset === false)
    return 'Unable to fast-forward, HEAD is detached';
  return undefined;
}

function foretellChanges(request: LatestRequest, { revision, clone, isForward }: Update): Changes {
  const { name, remote, login, branch } = request;
  const { current, url, newTags, deletedTags } = clone;
  const oldUrl = url === undefined ? null : redactUrl(url);
  const isThere = isAt(current, revision);
  return {
    ...(url === urlWithLogin(name, login) ? {} : { [`remotes/${remote}`]: { old: oldUrl, new: redactUrl(name) } }),
    ...(newTags.length === 0 ? {} : { new_tags: newTags }),
    ...(deletedTags.length === 0 ? {} : { deleted_tags: deletedTags }),
    ...(isForward === false && (clone.isDirty || !isThere) ? { 'forced update': true } : {}),
    ...(isThere ? {} : { revision: { old: current ?? null, new: revision.commit } }),
    ...(clone.turn === 'none' ? {} : { 'local branch': { old: clone.branch ?? null, new: branch ?? '' } }),
  };
}

function foretell(request: LatestRequest, update: Update): string {
  const { name, remote, login, target } = request;
  const { revision, clone, isForward } = update;
  const isThere = isAt(clone.current, revision);
  if (isThere && clone.isDirty)
    return `${target} is up-to-date, but with uncommitted changes. Since 'force_reset' is set to True, these local changes would be reset. To only reset when there are changes in the remote repository, set 'force_reset' to 'remote-changes'.`;
  const moved = isForward === undefined ? 'updated' : isForward ? 'fast-forwarded' : 'hard-reset';
  const next = shortCommit(revision.commit);
  if (clone.url !== urlWithLogin(name, login)) {
    const from = clone.url === undefined ? 'None' : redactUrl(clone.url);
    return tellSteps([
      `Remote '${remote}' would be changed from ${from} to ${redactUrl(name)}`,
      ...(clone.hasRevision ? [] : ['Remote would be fetched']),
      ...(isThere ? [] : [`Repository would be ${moved} to ${next}`]),
    ]);
  }
  const { newTags, deletedTags } = clone;
  const tracking = trackingOf(clone.upstream, revision);
  return tellSteps([
    ...(clone.hasRevision && newTags.length === 0 ? [] : [`Remote '${remote}' would be fetched`]),
    ...(deletedTags.length === 0
      ? []
      : [`The following tags would be removed from the local checkout: ${deletedTags.join(', ')}`]),
    ...foretellMove(request, update, moved),
    ...(tracking === undefined ? [] : [`Tracking branch would be ${tracking.words}`]),
  ]);
}

function foretellMove(request: LatestRequest, { revision, clone }: Update, moved: string): readonly string[] {
  const next = shortCommit(revision.commit);
  const branch = request.branch ?? '';
  if (clone.turn === 'new')
    return [`New branch '${branch}' would be checked out, with ${placeOf(request, revision)} as a starting point`];
  if (clone.turn === 'existing') return [`Branch '${branch}' would be checked out and ${moved} to ${next}`];
  return isAt(clone.current, revision)
    ? []
    : [`Repository would be ${moved} from ${shortCommit(clone.current)} to ${next}`];
}

async function apply(
  request: LatestRequest,
  { update, changes }: { readonly update: Update; readonly changes: Changes },
  machine: Host,
): Promise<Applied> {
  const { target, login } = request;
  const steps: string[] = [];
  const done = await carryOutUpdate(request, { update, steps }, machine);
  if (typeof done === 'string') {
    const before = steps.length === 0 ? '' : `\n\nChanges already made: ${tellSteps(steps)}`;
    return { comment: `${done}${before}`, changes: {}, failed: true };
  }
  const commit = await askGit(machine, ['-C', target, 'rev-parse', 'HEAD'], login);
  const { 'forced update': forced, ...others } = changes;
  const revision =
    commit === update.clone.current ? {} : { revision: { old: update.clone.current ?? null, new: commit ?? null } };
  const isForced = forced === true || done.isForced;
  const all = { ...others, ...(isForced ? { 'forced update': true } : {}), ...revision };
  const told = tellSteps(steps);
  if (commit !== update.clone.current) return { comment: told, changes: all };
  return {
    comment: `Repository ${target} is up-to-date${told === '' ? '' : `\n\nChanges made: ${told}`}`,
    changes: all,
  };
}
