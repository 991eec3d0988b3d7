import type { Applied, Changes, CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { redactUrl } from '../files/find-source.ts';
import { makeParents } from '../files/make-parents.ts';
import { askGit, listRemote, runGit, urlWithLogin, type GitIdentity } from './git-command.ts';

/** `git.detached` as an SLS file describes it. */
export interface DetachedRequest {
  readonly name: string;
  readonly rev: string;
  readonly target: string;
  readonly remote: string;
  readonly login: GitIdentity;
  readonly force_clone: boolean;
  readonly force_checkout: boolean;
  readonly fetch_remote: boolean;
  readonly hard_reset: boolean;
  readonly submodules: boolean;
}

interface Clone {
  readonly isThere: boolean;
  readonly isInTheWay: boolean;
  readonly head: string | undefined;
  /** URL of the remote; `undefined` when there is none by that name. */
  readonly url: string | undefined;
}

/** Compares the commit that is checked out with the one wanted. Throws `state-failed` when the remote cannot be read. */
export async function checkDetached(request: DetachedRequest, host: ReadHost): Promise<CheckOutcome<Host>> {
  const { name, rev, target } = request;
  const stat = await host.files.stat(target, { follow: true });
  if (stat?.kind === 'file') return fails(`Target '${target}' exists and is a regular file, cannot proceed`);
  const clone = await readClone(request, host);
  if (clone.isInTheWay && !request.force_clone)
    return fails(
      `Target '${target}' exists, is non-empty and is not a git repository. Set the 'force_clone' option to True to remove this directory's contents and proceed with cloning the remote repository`,
    );
  const commit = await findCommit(request, clone, host);
  if (commit === undefined) return fails(`Revision '${rev}' does not exist`);
  const isUrl = !clone.isThere || isCommit(rev) || clone.url === urlWithLogin(name, request.login);
  const isSettled = clone.isThere && clone.head === commit && isUrl;
  if (isSettled && !request.hard_reset && !request.submodules) return isOk('Already checked out at correct revision');
  const changes = {
    ...(clone.isInTheWay ? { 'forced clone': true } : {}),
    ...(clone.head === commit ? {} : { HEAD: { old: clone.head ?? null, new: commit } }),
  };
  if (isSettled && !(await isDirty(request, host))) return isOk('Already checked out at correct revision');
  const comment = foretell(request, { clone, commit, isUrl });
  return willChange({ comment, changes }, (machine) =>
    attempt('', () => bringAbout(request, { clone, commit, isUrl, changes }, machine)),
  );
}

function isCommit(rev: string): boolean {
  return /^[0-9a-fA-F]{1,40}$/.test(rev);
}

async function readClone(request: DetachedRequest, host: ReadHost): Promise<Clone> {
  const { target, login, remote } = request;
  const names = await host.files.list(target);
  if (names?.includes('.git') !== true)
    return { isThere: false, isInTheWay: (names ?? []).length > 0, head: undefined, url: undefined };
  const [head, url] = await Promise.all([
    askGit(host, ['-C', target, 'rev-parse', '--verify', '--quiet', 'HEAD'], login),
    askGit(host, ['-C', target, 'config', '--get', `remote.${remote}.url`], login),
  ]);
  return { isThere: true, isInTheWay: false, head, url };
}

async function findCommit(request: DetachedRequest, clone: Clone, host: ReadHost): Promise<string | undefined> {
  const { name, target, login, remote } = request;
  const local = async (ref: string): Promise<string | undefined> =>
    clone.isThere
      ? askGit(host, ['-C', target, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`], login)
      : undefined;
  if (isCommit(request.rev)) {
    const rev = request.rev.toLowerCase();
    const known = await local(rev);
    // A remote does not tell which commits it has; whether this one is among them shows after the fetch.
    if (known !== undefined || rev.length === 40) return known ?? rev;
  }
  if (!request.fetch_remote && clone.isThere)
    return (await local(`refs/remotes/${remote}/${request.rev}`)) ?? local(`refs/tags/${request.rev}`);
  const refs = await listRemote(host, name, login);
  return (
    refs.get(`refs/heads/${request.rev}`) ??
    refs.get(`refs/tags/${request.rev}^{}`) ??
    refs.get(`refs/tags/${request.rev}`) ??
    (isCommit(request.rev)
      ? [...refs.values()].find((each) => each.startsWith(request.rev.toLowerCase()))
      : undefined)
  );
}

async function isDirty({ target, login, submodules }: DetachedRequest, host: ReadHost): Promise<boolean> {
  const status = await askGit(host, ['-C', target, 'status', '--porcelain', '--untracked-files=no'], login);
  if ((status ?? '') !== '') return true;
  const modules = submodules ? await askGit(host, ['-C', target, 'submodule', 'status', '--recursive'], login) : '';
  return (modules ?? '').split('\n').some((line) => /^[-+U]/.test(line));
}

interface Plan {
  readonly clone: Clone;
  readonly commit: string;
  readonly isUrl: boolean;
}

function foretell({ name, target, remote }: DetachedRequest, { clone, commit, isUrl }: Plan): string {
  const url = redactUrl(name);
  if (clone.isInTheWay)
    return `Target directory ${target} exists. Since force_clone=True, the contents of ${target} would be deleted, and ${url} would be cloned into this directory.`;
  if (!clone.isThere) return `Repository ${url} would be cloned to ${target}`;
  if (clone.head !== commit) return `Commit ID ${commit} would be checked out at ${target}`;
  return isUrl ? `Hard reset to HEAD would be performed on ${target}` : `Remote ${remote} would be set to ${url}`;
}

async function bringAbout(
  request: DetachedRequest,
  { clone, commit, isUrl, changes }: Plan & { readonly changes: Changes },
  machine: Host,
): Promise<Applied> {
  const { target, login, remote } = request;
  const url = redactUrl(request.name);
  const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
  const done: string[] = [];
  if (!clone.isThere) {
    await makeClone(request, clone, machine);
    done.push(`${url} cloned to ${target}`);
  } else if (!isUrl) {
    await git('remote', clone.url === undefined ? 'add' : 'set-url', remote, urlWithLogin(request.name, login));
    done.push(
      `Remote ${remote} updated from '${clone.url === undefined ? 'None' : redactUrl(clone.url)}' to '${url}'`,
    );
  }
  if (request.fetch_remote && clone.isThere && clone.head !== commit) {
    await git('fetch', '--force', remote, `refs/heads/*:refs/remotes/${remote}/*`, '+refs/tags/*:refs/tags/*');
    done.push(`Remote ${remote} was fetched, resulting in updated refs`);
  }
  if (request.hard_reset && clone.isThere) {
    await git('reset', '--hard', 'HEAD');
    done.push('Repository was reset to HEAD before checking out revision');
  }
  if (clone.head !== commit) {
    await git('checkout', '--quiet', ...(request.force_checkout ? ['--force'] : []), '--detach', commit);
    done.push(`Commit ID ${commit} was checked out at ${target}`);
  }
  if (request.submodules) {
    await git('submodule', 'update', '--init', '--recursive');
    done.push('Submodules were updated');
  }
  if (clone.head === commit) done.push('Already checked out at correct revision');
  return { comment: done.length === 1 ? done.join('') : `${done.join('. ')}.`, changes };
}

async function makeClone(request: DetachedRequest, clone: Clone, machine: Host): Promise<void> {
  const { name, target, login, remote } = request;
  if (clone.isInTheWay) await machine.files.remove(target, { recursive: true });
  await makeParents(machine, target, { user: login.user });
  const account = login.user === undefined ? undefined : await machine.account(login.user);
  if (account !== undefined && (await machine.files.stat(target)) === undefined)
    await machine.files.makeDirectory(target, { uid: account.uid, gid: account.gid, mode: 0o755 });
  const source = urlWithLogin(name, login);
  await runGit(machine, ['clone', '--no-checkout', '--origin', remote, '--', source, target], login);
}
