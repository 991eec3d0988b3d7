import type { Applied, Changes, CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { redactUrl } from '../files/find-source.ts';
import { makeParents } from '../files/make-parents.ts';
import { askGit, listRemote, runGit, urlWithLogin, type GitIdentity } from './git-command.ts';

/** `git.latest` as an SLS file describes it. */
export interface LatestRequest {
  readonly name: string;
  readonly rev: string;
  readonly target: string;
  readonly branch: string | undefined;
  readonly login: GitIdentity;
  readonly depth: number | undefined;
  readonly submodules: boolean;
  readonly force_clone: boolean;
  readonly remote: string;
  readonly force_checkout: boolean;
  readonly force_fetch: boolean;
  /** `remote-changes` keeps local changes while the clone is up to date. */
  readonly force_reset: boolean | 'remote-changes';
  readonly update_head: boolean;
  readonly bare: boolean;
  readonly mirror: boolean;
  readonly fetch_tags: boolean;
}

/** What a revision is at the remote. */
interface Revision {
  readonly kind: 'branch' | 'tag' | 'commit';
  readonly name: string;
  readonly commit: string;
}

/** Compares a clone with the remote's newest commit. */
export async function checkLatest(request: LatestRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const { name, rev, target, login } = request;
  const refs = await listRemote(host, name, login);
  const revision = findRevision(refs, rev);
  if (revision === undefined) return fails(`No revision matching '${rev}' exists in the remote repository`);
  const names = await host.files.list(target);
  const isClone =
    names !== undefined && (await askGit(host, ['-C', target, 'rev-parse', '--git-dir'], login)) !== undefined;
  const isOwn = isClone && (names.includes('.git') || names.includes('HEAD'));
  if (!isOwn) return checkClone(request, { revision, isTaken: names !== undefined && names.length > 0 });
  return checkUpdate(request, revision, context);
}

function findRevision(refs: ReadonlyMap<string, string>, rev: string): Revision | undefined {
  const head = refs.get('HEAD');
  if (rev === 'HEAD') {
    const branch = [...refs].find(([ref, commit]) => ref.startsWith('refs/heads/') && commit === head)?.[0];
    return head === undefined
      ? undefined
      : { kind: 'branch', name: branch?.slice('refs/heads/'.length) ?? 'HEAD', commit: head };
  }
  const branch = refs.get(`refs/heads/${rev}`);
  if (branch !== undefined) return { kind: 'branch', name: rev, commit: branch };
  const tag = refs.get(`refs/tags/${rev}^{}`) ?? refs.get(`refs/tags/${rev}`);
  if (tag !== undefined) return { kind: 'tag', name: rev, commit: tag };
  return /^[0-9a-f]{7,40}$/.test(rev) ? { kind: 'commit', name: rev, commit: rev } : undefined;
}

function checkClone(
  request: LatestRequest,
  { revision, isTaken }: { readonly revision: Revision; readonly isTaken: boolean },
): CheckOutcome<Host> {
  const { name, target } = request;
  const url = redactUrl(name);
  if (isTaken && !request.force_clone)
    return fails(
      `Target '${target}' exists, is non-empty and is not a git repository. Set the 'force_clone' option to True to remove this directory's contents and proceed with cloning the remote repository`,
    );
  const changes = { new: `${url} => ${target}`, revision: { old: null, new: revision.commit } };
  return willChange({ comment: `${url} would be cloned to ${target}`, changes }, (machine) =>
    attempt(`Clone failed`, () => clone(request, { revision, changes }, machine)),
  );
}

async function clone(
  request: LatestRequest,
  { revision, changes }: { readonly revision: Revision; readonly changes: Changes },
  machine: Host,
): Promise<Applied> {
  const { name, target, login, remote } = request;
  if (request.force_clone && (await machine.files.stat(target)) !== undefined)
    await machine.files.remove(target, { recursive: true });
  await makeParents(machine, target, { user: login.user });
  await letUserWrite(machine, target, login);
  const kind = request.mirror ? ['--mirror'] : request.bare ? ['--bare'] : [];
  const depth = request.depth === undefined ? [] : ['--depth', String(request.depth)];
  const tip = request.depth !== undefined && revision.kind !== 'commit' ? ['--branch', revision.name] : [];
  const origin = kind.length > 0 ? [] : ['--origin', remote];
  await runGit(
    machine,
    ['clone', ...kind, ...origin, ...depth, ...tip, '--', urlWithLogin(name, login), target],
    login,
  );
  if (kind.length === 0) await checkOut(request, revision, machine);
  return { comment: `${redactUrl(name)} cloned to ${target}`, changes };
}

async function letUserWrite(machine: Host, target: string, { user }: GitIdentity): Promise<void> {
  const account = user === undefined ? undefined : await machine.account(user);
  if (account === undefined || (await machine.files.stat(target)) !== undefined) return;
  await machine.files.makeDirectory(target, { uid: account.uid, gid: account.gid, mode: 0o755 });
}

async function checkOut(request: LatestRequest, revision: Revision, machine: Host): Promise<void> {
  const { target, login, remote } = request;
  const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
  const force = request.force_checkout ? ['--force'] : [];
  const branch = request.branch ?? (revision.kind === 'branch' ? revision.name : undefined);
  if (branch === undefined || branch === 'HEAD') await git('checkout', ...force, '--detach', revision.commit);
  else {
    const exists =
      (await askGit(machine, ['-C', target, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], login)) !==
      undefined;
    if (exists) {
      await git('checkout', ...force, branch);
      await git(
        ...(request.force_reset !== false
          ? ['reset', '--hard', revision.commit]
          : ['merge', '--ff-only', revision.commit]),
      );
    } else await git('checkout', ...force, '-b', branch, revision.commit);
    if (revision.kind === 'branch')
      await git('branch', `--set-upstream-to=${remote}/${revision.name}`, branch).catch(() => undefined);
  }
  if (request.submodules) await git('submodule', 'update', '--init', '--recursive');
}

interface CloneState {
  readonly current: string | undefined;
  readonly url: string | undefined;
  readonly branch: string | undefined;
  readonly isDirty: boolean;
}

async function readClone({ target, remote, login, bare, mirror }: LatestRequest, host: ReadHost): Promise<CloneState> {
  const ask = (...args: readonly string[]): Promise<string | undefined> => askGit(host, ['-C', target, ...args], login);
  const hasTree = !bare && !mirror;
  const status = hasTree ? await ask('status', '--porcelain', '--untracked-files=no') : '';
  return {
    current: await ask('rev-parse', 'HEAD'),
    url: await ask('config', '--get', `remote.${remote}.url`),
    branch: await ask('symbolic-ref', '--short', '--quiet', 'HEAD'),
    isDirty: status !== undefined && status !== '',
  };
}

function isOnBranch(request: LatestRequest, revision: Revision, { branch }: CloneState): boolean {
  const wanted = request.branch ?? (revision.kind === 'branch' ? revision.name : undefined);
  return wanted === undefined || wanted === 'HEAD' || branch === wanted || request.bare || request.mirror;
}

async function checkUpdate(
  request: LatestRequest,
  revision: Revision,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  const { name, target, login } = request;
  const clone = await readClone(request, host);
  const isThere = clone.current?.startsWith(revision.commit) === true;
  const isUrl = clone.url === urlWithLogin(name, login);
  if (isThere && isUrl && isOnBranch(request, revision, clone)) return settle(request, revision, clone);
  if (isUrl && !request.update_head) return isOk(`Repository ${target} is not up-to-date, but update_head is off`);
  if (clone.isDirty && !request.force_checkout && request.force_reset === false)
    return fails(
      `Repository ${target} has uncommitted changes. Set 'force_reset' to True to force this update and discard these changes.`,
    );
  const changes = updateChanges(request, revision, clone);
  return willChange({ comment: `Repository ${target} would be updated`, changes }, (machine) =>
    attempt('Update failed', async () => {
      await fetchRevision(request, { revision, hasRemote: clone.url !== undefined, isUrl }, machine);
      return { comment: `Repository ${target} updated`, changes };
    }),
  );
}

function placeOf({ rev, remote }: LatestRequest, { kind, name, commit }: Revision): string {
  const short = commit.slice(0, 7);
  if (rev === 'HEAD') return `remote HEAD (${short})`;
  if (kind === 'commit') return short;
  return `${kind === 'branch' ? `${remote}/${name}` : name} (${short})`;
}

/** A clone that is at the right commit: local changes are given up when that is asked for without condition. */
function settle(request: LatestRequest, revision: Revision, clone: CloneState): CheckOutcome<Host> {
  const { target, login } = request;
  if (!clone.isDirty) return isOk(`Repository ${target} is up-to-date`);
  if (request.force_reset !== true)
    return isOk(
      `Repository ${target} is up-to-date, but with uncommitted changes. Set 'force_reset' to True to purge uncommitted changes.`,
    );
  const comment = `${target} is up-to-date, but with uncommitted changes. Since 'force_reset' is set to True, these local changes would be reset. To only reset when there are changes in the remote repository, set 'force_reset' to 'remote-changes'.`;
  const changes = { 'forced update': true };
  return willChange({ comment, changes }, (machine) =>
    attempt('Update failed', async () => {
      await runGit(machine, ['-C', target, 'reset', '--hard', revision.commit], login);
      return {
        comment: `Uncommitted changes were discarded\nRepository was hard-reset to ${placeOf(request, revision)}`,
        changes,
      };
    }),
  );
}

function updateChanges(request: LatestRequest, revision: Revision, clone: CloneState): Changes {
  const { name, remote, login } = request;
  const { current, url } = clone;
  const oldUrl = url === undefined ? null : redactUrl(url);
  return {
    ...(url === urlWithLogin(name, login) ? {} : { [`remotes/${remote}`]: { old: oldUrl, new: redactUrl(name) } }),
    ...(current?.startsWith(revision.commit) === true
      ? {}
      : { revision: { old: current ?? null, new: revision.commit } }),
    ...(isOnBranch(request, revision, clone)
      ? {}
      : { 'local branch': { old: clone.branch ?? null, new: request.branch ?? revision.name } }),
  };
}

async function fetchRevision(
  request: LatestRequest,
  { revision, hasRemote, isUrl }: { readonly revision: Revision; readonly hasRemote: boolean; readonly isUrl: boolean },
  machine: Host,
): Promise<void> {
  const { name, target, login, remote } = request;
  const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
  if (!isUrl) await git('remote', hasRemote ? 'set-url' : 'add', remote, urlWithLogin(name, login));
  const flags = [...(request.force_fetch ? ['--force'] : []), ...(request.fetch_tags ? ['--tags'] : [])];
  await git('fetch', ...flags, remote);
  if (request.bare || request.mirror) return;
  if (request.force_reset !== false) await git('reset', '--hard');
  await checkOut(request, revision, machine);
}
