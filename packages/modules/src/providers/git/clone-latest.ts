import type { Applied, Changes, CheckOutcome } from '@brine/common';
import { fails, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { redactUrl } from '../files/find-source.ts';
import { makeParents } from '../files/make-parents.ts';
import type { LatestRequest } from './latest-request.ts';
import {
  askGit,
  attemptGit,
  explainGit,
  runGit,
  updateSubmodules,
  urlWithLogin,
  type GitIdentity,
} from './git-command.ts';
import { isAt, placeOf, tellSteps, trackingOf, type Revision } from './revision.ts';

const danglingHead =
  "Remote HEAD refers to a ref that does not exist. Set the 'branch' argument, so that the branch it names is made.";

/** What `git.latest` does where no clone is yet. No revision: the remote is empty. */
export async function checkClone(
  request: LatestRequest,
  revision: Revision | undefined,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  const { name, target } = request;
  const url = redactUrl(name);
  const names = await host.files.list(target);
  const isForced = names !== undefined && request.force_clone;
  if (names !== undefined && names.length > 0 && !isForced)
    return fails(
      `Target '${target}' exists, is non-empty and is not a git repository. Set the 'force_clone' option to True to remove this directory's contents and proceed with cloning the remote repository`,
    );
  const changes = {
    ...(isForced ? { 'forced clone': true } : {}),
    new: `${url} => ${target}`,
    ...(revision === undefined ? {} : { revision: { old: null, new: revision.commit } }),
  };
  const comment = isForced
    ? `Target directory ${target} exists. Since force_clone=True, the contents of ${target} would be deleted, and ${url} would be cloned into this directory.`
    : `Repository ${url} would be cloned to ${target}`;
  return willChange({ comment, changes }, (machine) =>
    attemptGit('', () => clone(request, { revision, changes, names: names ?? [] }, machine)),
  );
}

interface ClonePlan {
  readonly revision: Revision | undefined;
  readonly changes: Changes;
  /** What is in the target's folder. */
  readonly names: readonly string[];
}

async function clone(request: LatestRequest, { revision, changes, names }: ClonePlan, machine: Host): Promise<Applied> {
  const { name, target, login, mirror, bare } = request;
  for (const entry of names) await machine.files.remove(`${target}/${entry}`, { recursive: true });
  await makeParents(machine, target, { user: login.user });
  await letUserWrite(machine, target, login);
  const command = ['clone', ...cloneOptions(request, revision), '--', urlWithLogin(name, login), target];
  await explainGit('Clone failed: ', () => runGit(machine, command, login));
  const form = mirror ? ' as mirror' : bare ? ' as bare repository' : '';
  const steps = [`${redactUrl(name)} cloned to ${target}${form}`];
  if (revision === undefined || form !== '') return { comment: tellSteps(steps), changes };
  const failure = await settleClone(request, { revision, steps }, machine);
  if (failure !== undefined)
    return { comment: `${failure}\n\nChanges already made: ${tellSteps(steps)}`, changes, failed: true };
  const commit = await askGit(machine, ['-C', target, 'rev-parse', 'HEAD'], login);
  return {
    comment: tellSteps(steps),
    changes: { ...changes, revision: { old: null, new: commit ?? revision.commit } },
  };
}

function cloneOptions(
  { mirror, bare, depth, rev, remote }: LatestRequest,
  revision: Revision | undefined,
): readonly string[] {
  const isNamed = revision?.kind === 'branch' || revision?.kind === 'tag';
  const shallow = depth === undefined ? [] : ['--depth', String(depth), ...(isNamed ? ['--branch', rev] : [])];
  if (mirror) return ['--mirror', ...shallow];
  return bare ? ['--bare', ...shallow] : ['--origin', remote, ...shallow];
}

async function letUserWrite(machine: Host, target: string, { user }: GitIdentity): Promise<void> {
  const account = user === undefined ? undefined : await machine.account(user);
  if (account === undefined || (await machine.files.stat(target)) !== undefined) return;
  await machine.files.makeDirectory(target, { uid: account.uid, gid: account.gid, mode: 0o755 });
}

/** Brings a new clone to the revision. The branch that git checked out stays unless another one is asked for. */
async function settleClone(
  request: LatestRequest,
  { revision, steps }: { readonly revision: Revision; readonly steps: string[] },
  machine: Host,
): Promise<string | undefined> {
  const { target, login, branch, rev } = request;
  const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
  const ask = (...args: readonly string[]): Promise<string | undefined> =>
    askGit(machine, ['-C', target, ...args], login);
  const place = placeOf(request, revision);
  const start = revision.upstream ?? (revision.kind === 'head' ? revision.commit : rev);
  if (branch !== undefined && (await ask('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)) === undefined) {
    await git('checkout', '-b', branch, start);
    steps.push(`Branch '${branch}' checked out, with ${place} as a starting point`);
  }
  const current = await ask('rev-parse', 'HEAD');
  if (current === undefined) return danglingHead;
  if (!isAt(current, revision)) {
    await git('reset', '--hard', revision.commit);
    steps.push(`Repository was reset to ${place}`);
  }
  const tracking = trackingOf(await ask('rev-parse', '--abbrev-ref', '@{upstream}'), revision);
  if (tracking !== undefined && (await ask('symbolic-ref', '--quiet', 'HEAD')) !== undefined) {
    await git(...tracking.arguments);
    steps.push(`Tracking branch was ${tracking.words}`);
  }
  if (request.submodules) await updateSubmodules(git);
  return undefined;
}
