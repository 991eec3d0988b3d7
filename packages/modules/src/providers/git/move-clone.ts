import type { Host } from '../../kit/index.ts';
import { redactUrl } from '../files/find-source.ts';
import type { LatestRequest } from './latest-request.ts';
import { askGit, runGit, urlWithLogin } from './git-command.ts';
import { notForward, type Update } from './not-forward.ts';
import { isAt, placeOf, trackingOf } from './revision.ts';

/** What is to be done, and where what was done is told. */
export interface UpdateWork {
  readonly update: Update;
  readonly steps: string[];
}

/** Fetches and moves a clone. Answers what kept it from that, or whether commits were given up. */
export async function carryOutUpdate(
  request: LatestRequest,
  work: UpdateWork,
  machine: Host,
): Promise<string | { readonly isForced: boolean }> {
  const { target, login, rev, name } = request;
  const { revision, clone } = work.update;
  const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
  const ask = (...args: readonly string[]): Promise<string | undefined> =>
    askGit(machine, ['-C', target, ...args], login);
  let { isForward } = work.update;
  if (await fetchRemote(request, work, machine)) {
    if ((await ask('rev-parse', '--verify', '--quiet', `${revision.commit}^{commit}`)) === undefined)
      return `Fetch did not successfully retrieve rev '${rev}' from ${redactUrl(name)}`;
  }
  isForward ??=
    clone.base === undefined || (await ask('merge-base', '--is-ancestor', clone.base, revision.commit)) !== undefined;
  if (!isForward && request.force_reset === false) return notForward(request, work.update);
  await turn(request, work, git);
  if (!isForward || clone.isDirty) await giveUp(request, { ...work, isForward }, git);
  const tracking = trackingOf(clone.upstream, revision);
  if (tracking !== undefined && clone.turn !== 'new') {
    const isOnBranch = (await ask('symbolic-ref', '--quiet', 'HEAD')) !== undefined;
    if (isOnBranch) {
      // A branch without a commit yet can follow nothing.
      if (clone.base === undefined) await git('reset', '--hard', revision.commit);
      await git(...tracking.arguments);
      work.steps.push(`Tracking branch was ${tracking.words}`);
    }
  }
  if (isForward && !isAt(clone.base, revision)) await forward(request, work, git);
  if (request.submodules) await git('submodule', 'update', '--init', '--recursive');
  if (!isAt(await ask('rev-parse', 'HEAD'), revision)) return 'Failed to update repository';
  return { isForced: !isForward && !(isAt(clone.base, revision) && !clone.isDirty) };
}

type Git = (...args: readonly string[]) => Promise<string>;

/** Sets the URL of the remote and fetches what is not there; whether it fetched. */
async function fetchRemote(request: LatestRequest, { update, steps }: UpdateWork, machine: Host): Promise<boolean> {
  const { name, target, login, remote } = request;
  const { clone } = update;
  const git: Git = (...args) => runGit(machine, ['-C', target, ...args], login);
  const url = urlWithLogin(name, login);
  if (clone.url !== url) {
    await git('remote', clone.url === undefined ? 'add' : 'set-url', remote, url);
    const from = clone.url === undefined ? ' set to' : ` changed from ${redactUrl(clone.url)} to`;
    steps.push(`Remote '${remote}'${from} ${redactUrl(name)}`);
  }
  if (clone.deletedTags.length > 0) {
    await git('tag', '--delete', '--', ...clone.deletedTags);
    steps.push(`The following tags were removed from the local checkout: ${clone.deletedTags.join(', ')}`);
  }
  if (clone.hasRevision && clone.newTags.length === 0) return false;
  const heads = `refs/heads/*:refs/remotes/${remote}/*`;
  const tags = request.fetch_tags ? ['+refs/tags/*:refs/tags/*'] : [];
  const flags = request.force_fetch ? ['--force'] : [];
  const depth = request.depth === undefined ? [] : ['--depth', String(request.depth)];
  await git('fetch', ...flags, ...depth, remote, heads, ...tags);
  steps.push(`${redactUrl(name)} was fetched, resulting in updated refs`);
  return true;
}

/** Checks out the branch that is asked for, where that is another one. */
async function turn(request: LatestRequest, { update, steps }: UpdateWork, git: Git): Promise<void> {
  const { revision, clone } = update;
  const { branch, rev, force_checkout: isForced } = request;
  if (clone.turn === 'none' || branch === undefined) return;
  const force = isForced ? ['--force'] : [];
  if (clone.turn === 'existing') {
    await git('checkout', ...force, branch);
    steps.push(`'${branch}' was checked out`);
    return;
  }
  const start = revision.upstream ?? (revision.kind === 'head' ? revision.commit : rev);
  await git('checkout', ...force, '-b', branch, start);
  steps.push(`New branch '${branch}' was checked out, with ${placeOf(request, revision)} as a starting point`);
}

async function giveUp(
  request: LatestRequest,
  { update, steps, isForward }: UpdateWork & { readonly isForward: boolean },
  git: Git,
): Promise<void> {
  const { revision, clone } = update;
  await git('reset', '--hard', ...(isForward ? [] : [revision.commit]));
  if (clone.isDirty) steps.push('Uncommitted changes were discarded');
  if (!isForward) steps.push(`Repository was hard-reset to ${placeOf(request, revision)}`);
}

async function forward(request: LatestRequest, { update, steps }: UpdateWork, git: Git): Promise<void> {
  const { revision } = update;
  const { rev } = request;
  if (revision.kind === 'tag' || revision.kind === 'commit') {
    await git('reset', '--hard', revision.commit);
    steps.push(`Repository was reset to ${rev} (fast-forward)`);
    return;
  }
  await git('merge', '--ff-only', revision.commit);
  steps.push(`Repository was fast-forwarded to ${placeOf(request, revision)}`);
}
