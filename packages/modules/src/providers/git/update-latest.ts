import { isAppError, type Applied, type Changes, type CheckOutcome, type Plain } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { redactUrl } from '../files/find-source.ts';
import type { LatestRequest } from './latest-request.ts';
import { saidByProgram } from '../commands/run-tool.ts';
import { askGit, urlWithLogin } from './git-command.ts';
import { carryOutUpdate } from './move-clone.ts';
import { notForward, type Update } from './not-forward.ts';
import { readClone, type CloneState, type RemoteState } from './read-clone.ts';
import { isAt, placeOf, shortCommit, tellSteps, trackingOf } from './revision.ts';

/** What `git.latest` does with a clone that is there. The branch it is on stays unless another one is asked for. */
export async function checkUpdate(
  request: LatestRequest,
  remote: RemoteState,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  const { revision } = remote;
  const clone = await readClone(request, remote, host);
  const { target, force_reset: reset } = request;
  const isThere = isAt(clone.current, revision);
  if (isThere && clone.isDirty && reset !== true)
    return isOk(
      `Repository ${target} is up-to-date, but with uncommitted changes. Set 'force_reset' to True to purge uncommitted changes.`,
    );
  const update = { revision, clone, isForward: await askForward(request, { revision, clone }, host) };
  const isHeld = !request.update_head && clone.turn === 'none' && !isThere;
  const changes = foretellChanges(request, update);
  const refusal = clone.strayTag === undefined || reset !== false ? undefined : refuseTag(request, update);
  if (refusal !== undefined) return fails(refusal);
  if (isHeld) return isOk(tellHeld(request, update));
  if (Object.keys(changes).length === 0) return isOk(`Repository ${target} is up-to-date`);
  const objection = refuse(request, update);
  if (objection !== undefined) return fails(objection);
  return willChange({ comment: foretell(request, update), changes }, (machine) =>
    attempt('', () => apply(request, { update, changes }, machine)),
  );
}

/** Whether the update loses nothing; `undefined` when that shows only after a fetch. */
async function askForward(
  { target, login, force_reset: reset }: LatestRequest,
  { revision, clone }: Pick<Update, 'revision' | 'clone'>,
  host: ReadHost,
): Promise<boolean | undefined> {
  // As in Salt a fetch decides anew: what is dirty but follows is moved forward after its changes are given up.
  const isFetched = !clone.hasRevision || clone.newTags.length > 0;
  if (clone.isDirty && reset !== 'remote-changes' && (reset === false || !isFetched)) return false;
  if (!clone.hasRevision) return undefined;
  if (clone.base === undefined) return true;
  const question = ['-C', target, 'merge-base', '--is-ancestor', clone.base, revision.commit];
  return (await askGit(host, question, login)) !== undefined;
}

function refuseTag({ rev }: LatestRequest, { revision, clone }: Update): string {
  const [here, there] = [shortCommit(clone.strayTag), shortCommit(revision.commit)];
  return `'${rev}' is a tag, but the remote SHA1 for this tag (${there}) doesn't match the local SHA1 (${here}). Set 'force_reset' to True to force this update.`;
}

function tellHeld(request: LatestRequest, { revision, clone }: Update): string {
  const place = placeOf(request, revision);
  const head = shortCommit(clone.current);
  return clone.hasRevision
    ? `${place.replace(/^remote HEAD/, 'Remote head')} is already present and local HEAD (${head}) does not match, but update_head=False. HEAD has not been updated locally.`
    : `Local HEAD (${head}) does not match ${place} but update_head=False, HEAD would not be updated locally`;
}

/** Why an update cannot be made. */
function refuse(request: LatestRequest, update: Update): string | undefined {
  const { clone, isForward } = update;
  const isKeeping = request.force_reset === false;
  if (isForward === false && isKeeping) return notForward(request, update);
  if (clone.turn !== 'none')
    return clone.isDirty && !request.force_checkout
      ? `Local branch '${clone.branch ?? 'None'}' has uncommitted changes. Set 'force_checkout' to True to discard them and proceed.`
      : undefined;
  return isKeeping && isMergeWithoutBranch(update) ? 'Unable to fast-forward, HEAD is detached' : undefined;
}

function isMergeWithoutBranch({ revision, clone }: Update): boolean {
  const isMerge = revision.kind === 'branch' || revision.kind === 'head';
  return isMerge && clone.branch === 'HEAD' && !isAt(clone.current, revision);
}

function foretellChanges(request: LatestRequest, update: Update): Changes {
  const { revision, clone, isForward } = update;
  const { current, newTags, deletedTags } = clone;
  const isThere = isAt(current, revision);
  const told = {
    ...(clone.url === undefined ? { new: `${redactUrl(request.name)} => ${request.remote}` } : {}),
    ...(newTags.length === 0 ? {} : { new_tags: newTags }),
    ...(deletedTags.length === 0 ? {} : { deleted_tags: deletedTags }),
    ...(isForward === false && (clone.isDirty || !isThere) ? { 'forced update': true } : {}),
    ...(isThere ? {} : { revision: { old: current ?? null, new: revision.commit } }),
  };
  return Object.keys(told).length > 0 ? told : foretellQuietOnes(request, clone);
}

/** What Salt changes without a word; told where it would be the only change. */
function foretellQuietOnes({ name, remote, login, branch }: LatestRequest, clone: CloneState): Changes {
  const { url } = clone;
  return {
    ...(url === undefined || url === urlWithLogin(name, login)
      ? {}
      : { [`remotes/${remote}`]: { old: redactUrl(url), new: redactUrl(name) } }),
    ...(clone.turn === 'none' ? {} : { 'local branch': { old: clone.branch ?? null, new: branch ?? '' } }),
  };
}

function foretell(request: LatestRequest, update: Update): string {
  const { name, remote, login, target } = request;
  const { revision, clone } = update;
  if (isAt(clone.current, revision) && clone.isDirty)
    return `${target} is up-to-date, but with uncommitted changes. Since 'force_reset' is set to True, these local changes would be reset. To only reset when there are changes in the remote repository, set 'force_reset' to 'remote-changes'.`;
  const moved = movedWord(request, update);
  if (clone.url !== urlWithLogin(name, login)) return foretellOtherUrl(request, update, moved);
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

/** As in Salt what is dirty and to be reset is called hard-reset beforehand. */
function movedWord({ force_reset: reset }: LatestRequest, { clone, isForward }: Update): string {
  if (clone.isDirty && reset === true) return 'hard-reset';
  return isForward === undefined ? 'updated' : isForward ? 'fast-forwarded' : 'hard-reset';
}

function foretellOtherUrl({ name, remote }: LatestRequest, { revision, clone }: Update, moved: string): string {
  const from = clone.url === undefined ? 'None' : redactUrl(clone.url);
  const next = shortCommit(revision.commit);
  return tellSteps([
    `Remote '${remote}' would be changed from ${from} to ${redactUrl(name)}`,
    ...(clone.hasRevision ? [] : ['Remote would be fetched']),
    ...(isAt(clone.current, revision) ? [] : [`Repository would be ${moved} to ${next}`]),
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

function complaintOf(caught: unknown): string {
  if (!isAppError(caught)) throw caught;
  return saidByProgram(caught);
}

async function apply(
  request: LatestRequest,
  { update, changes }: { readonly update: Update; readonly changes: Changes },
  machine: Host,
): Promise<Applied> {
  const { target, login } = request;
  const steps: string[] = [];
  const kept: Record<string, Plain> = {};
  const done = await carryOutUpdate(request, { update, steps, told: kept }, machine).catch(complaintOf);
  if (typeof done === 'string') {
    const before = steps.length === 0 ? '' : `\n\nChanges already made: ${tellSteps(steps)}`;
    return { comment: `${done}${before}`, changes: kept, failed: true };
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
