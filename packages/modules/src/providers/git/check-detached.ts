import { targetInTheWay } from './target-in-the-way.ts';
import { AppError, isAppError, type Applied, type Changes, type CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { redactUrl } from '../files/find-source.ts';
import { makeParents } from '../files/make-parents.ts';
import { omitAbsent } from '../omit-absent.ts';
import { askGit, attemptGit, listRemote, runGit, urlWithLogin, type GitIdentity } from './git-command.ts';

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
  const { name, rev } = request;
  const clone = await readClone(request, host);
  const obstacle = await findObstacle(request, clone, host);
  if (obstacle !== undefined) return fails(obstacle);
  const commit = await findCommit(request, clone, host);
  if (commit === undefined) return fails(`Revision '${rev}' does not exist`);
  const isUrl = !clone.isThere || isCommit(rev) || clone.url === urlWithLogin(name, request.login);
  const isThere = clone.head === commit && isUrl;
  if (isThere && !(await hasMoreToDo(request, host))) return isOk('Already checked out at correct revision');
  const changes = omitAbsent({
    'forced clone': clone.isInTheWay ? true : undefined,
    HEAD: clone.head === commit ? undefined : { old: clone.head ?? null, new: commit },
  });
  const comment = foretell(request, { clone, commit, isUrl });
  return willChange({ comment, changes }, (machine) =>
    attemptGit('', () => bringAbout(request, { clone, commit, isUrl, changes }, machine)),
  );
}

async function findObstacle(
  { target, force_clone: forced }: DetachedRequest,
  { isInTheWay }: Clone,
  host: ReadHost,
): Promise<string | undefined> {
  const obstacle = await targetInTheWay(host, target);
  if (obstacle !== undefined) return obstacle;
  return isInTheWay && !forced
    ? `Target '${target}' exists, is non-empty and is not a git repository. Set the 'force_clone' option to True to remove this directory's contents and proceed with cloning the remote repository`
    : undefined;
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
    (isCommit(request.rev) ? [...refs.values()].find((each) => each.startsWith(request.rev.toLowerCase())) : undefined)
  );
}

// What a reset or an update of submodules would change where the commit is right already.
async function hasMoreToDo(
  { target, login, submodules, hard_reset: resets }: DetachedRequest,
  host: ReadHost,
): Promise<boolean> {
  const ask = (...args: readonly string[]): Promise<string | undefined> => askGit(host, ['-C', target, ...args], login);
  if (resets && (await ask('status', '--porcelain', '--untracked-files=no')) !== '') return true;
  const modules = submodules ? await ask('submodule', 'status', '--recursive') : '';
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
  plan: Plan & { readonly changes: Changes },
  machine: Host,
): Promise<Applied> {
  const { target, login, remote } = request;
  const { clone, commit } = plan;
  const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
  const done = [await makeReady(request, plan, machine)].filter((said) => said !== undefined);
  if (await fetchUnknown(request, plan, machine)) done.push(`Remote ${remote} was fetched, resulting in updated refs`);
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
  return { comment: done.length === 1 ? done.join('') : `${done.join('. ')}.`, changes: plan.changes };
}

/** Fetches unless the commit is there; answers whether that brought anything. */
async function fetchUnknown(request: DetachedRequest, { clone, commit }: Plan, machine: Host): Promise<boolean> {
  const { target, login, remote, rev } = request;
  if (!request.fetch_remote || !clone.isThere || clone.head === commit) return false;
  if (isCommit(rev) && (await knows(machine, target, commit, login))) return false;
  const refs = [`refs/heads/*:refs/remotes/${remote}/*`, '+refs/tags/*:refs/tags/*'];
  const command = ['-C', target, 'fetch', '--force', remote, ...refs];
  const said = await runGit(machine, command, login, { mergeStderr: true }).catch((caught: unknown) => {
    throw isAppError(caught) ? fetchFailure(caught) : caught;
  });
  return said !== '';
}

async function knows(host: ReadHost, target: string, commit: string, login: GitIdentity): Promise<boolean> {
  const question = ['-C', target, 'rev-parse', '--verify', '--quiet', `${commit}^{commit}`];
  return (await askGit(host, question, login)) !== undefined;
}

function fetchFailure(cause: AppError): AppError {
  return new AppError({ code: 'state-failed', message: `Fetch failed:\n\n${cause.message}`, cause });
}

async function makeReady(request: DetachedRequest, { clone, isUrl }: Plan, machine: Host): Promise<string | undefined> {
  const { name, target, login, remote } = request;
  if (!clone.isThere) {
    await makeClone(request, clone, machine);
    return `${redactUrl(name)} cloned to ${target}`;
  }
  if (isUrl) return undefined;
  const how = clone.url === undefined ? 'add' : 'set-url';
  await runGit(machine, ['-C', target, 'remote', how, remote, urlWithLogin(name, login)], login);
  const old = clone.url === undefined ? 'None' : redactUrl(clone.url);
  return `Remote ${remote} updated from '${old}' to '${redactUrl(name)}'`;
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
