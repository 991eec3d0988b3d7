import type { Plain } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import { redactUrl } from '../files/find-source.ts';
import type { LatestRequest } from './latest-request.ts';
import { askGit, explainGit, fetchFailed, runGit, updateSubmodules, urlWithLogin } from './git-command.ts';
import { notForward, type Update } from './not-forward.ts';
import { isAt, placeOf, trackingOf } from './revision.ts';

/** What is to be done, and where what was done is told. */
export interface UpdateWork {
  readonly update: Update;
  readonly steps: string[];
  /** The changes that stay when what follows fails. */
  readonly told: Record<string, Plain>;
}

/** Fetches and moves a clone. Answers what kept it from that, or whether commits were given up. */
export async function carryOutUpdate(
  request: LatestRequest,
  work: UpdateWork,
  machine: Host,
): Promise<string | { readonly isForced: boolean }> {
  const { target, login, rev, name } = request;
  const { revision, clone } = work.update;
  const git: Git = (...args) => runGit(machine, ['-C', target, ...args], login);
  const ask: Ask = (...args) => askGit(machine, ['-C', target, ...args], login);
  // A fetch tells what it brought on the stream for errors.
  const loudly: Git = (...args) => runGit(machine, ['-C', target, ...args], login, { mergeStderr: true });
  await fetchRemote(request, work, git, loudly);
  if ((await ask('rev-parse', '--verify', '--quiet', `${revision.commit}^{commit}`)) === undefined)
    return `Fetch did not successfully retrieve rev '${rev}' from ${redactUrl(name)}`;
  const isForward = work.update.isForward ?? (await losesNothing(work, ask));
  if (!isForward && request.force_reset === false) return notForward(request, work.update);
  await turn(request, work, git);
  if (!isForward || clone.isDirty) await giveUp(request, { ...work, isForward }, git);
  await track(work, git, ask);
  if (isForward) await forward(request, work, git);
  if (request.submodules) await updateSubmodules(git);
  if (!isAt(await ask('rev-parse', 'HEAD'), revision)) return 'Failed to update repository';
  return { isForced: !isForward && (clone.isDirty || !isAt(clone.base, revision)) };
}

type Ask = (...args: readonly string[]) => Promise<string | undefined>;
async function losesNothing({ update: { clone, revision } }: UpdateWork, ask: Ask): Promise<boolean> {
  if (clone.base === undefined) return true;
  return (await ask('merge-base', '--is-ancestor', clone.base, revision.commit)) !== undefined;
}

type Git = (...args: readonly string[]) => Promise<string>;

/** Sets the URL of the remote and fetches what is not there. */
async function fetchRemote(request: LatestRequest, work: UpdateWork, git: Git, loudly: Git): Promise<void> {
  const { name, remote } = request;
  const { clone } = work.update;
  const isOther = await setRemote(request, work, git);
  if (clone.deletedTags.length > 0) {
    await git('tag', '--delete', '--', ...clone.deletedTags);
    work.told['deleted_tags'] = clone.deletedTags;
    work.steps.push(`The following tags were removed from the local checkout: ${clone.deletedTags.join(', ')}`);
  }
  if (clone.hasRevision && clone.newTags.length === 0) return;
  const { refspec_branch: branches, refspec_tag: tagged } = request;
  const tags = request.fetch_tags ? [`+refs/tags/${tagged}:refs/tags/${tagged}`] : [];
  const flags = request.force_fetch ? ['--force'] : [];
  const depth = request.depth === undefined ? [] : ['--depth', String(request.depth)];
  const heads = `${isOther ? '+' : ''}refs/heads/${branches}:refs/remotes/${remote}/${branches}`;
  const fetch = ['fetch', ...flags, ...depth, remote, heads, ...tags];
  const said = await explainGit(fetchFailed, () => loudly(...fetch));
  // Branches that only the repository of before had.
  if (isOther) await git('remote', 'prune', remote);
  if (clone.newTags.length > 0) work.told['new_tags'] = clone.newTags;
  if (said !== '') work.steps.push(`${redactUrl(name)} was fetched, resulting in updated refs`);
}

/** Answers whether the remote was another repository before. */
async function setRemote(
  { name, login, remote }: LatestRequest,
  { update: { clone }, steps, told }: UpdateWork,
  git: Git,
): Promise<boolean> {
  const url = urlWithLogin(name, login);
  if (clone.url === url) return false;
  await git('remote', clone.url === undefined ? 'add' : 'set-url', remote, url);
  if (clone.url === undefined) told['new'] = `${redactUrl(name)} => ${remote}`;
  const from = clone.url === undefined ? ' set to' : ` changed from ${redactUrl(clone.url)} to`;
  steps.push(`Remote '${remote}'${from} ${redactUrl(name)}`);
  return clone.url !== undefined;
}

/** Has the branch follow that of the remote. */
async function track({ update, steps }: UpdateWork, git: Git, ask: Ask): Promise<void> {
  const { revision, clone } = update;
  const tracking = trackingOf(clone.upstream, revision);
  if (tracking === undefined || clone.turn === 'new') return;
  if ((await ask('symbolic-ref', '--quiet', 'HEAD')) === undefined) return;
  // A branch without a commit yet can follow nothing.
  if (clone.base === undefined) await git('reset', '--hard', revision.commit);
  await git(...tracking.arguments);
  steps.push(`Tracking branch was ${tracking.words}`);
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
  const { revision, clone } = update;
  const { rev } = request;
  if (isAt(clone.base, revision)) return;
  if (revision.kind === 'tag' || revision.kind === 'commit') {
    await git('reset', '--hard', revision.commit);
    steps.push(`Repository was reset to ${rev} (fast-forward)`);
    return;
  }
  await git('merge', '--ff-only', revision.commit);
  steps.push(`Repository was fast-forwarded to ${placeOf(request, revision)}`);
}
