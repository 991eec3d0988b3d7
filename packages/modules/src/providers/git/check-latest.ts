import { isAppError, type CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { redactUrl } from '../files/find-source.ts';
import { checkClone } from './clone-latest.ts';
import {
  askGit,
  attemptGit,
  explainGit,
  fetchFailed,
  listRemote,
  missingKeys,
  runGit,
  urlWithLogin,
} from './git-command.ts';
import type { LatestRequest } from './latest-request.ts';
import { findRevision, type Revision } from './revision.ts';
import { targetInTheWay } from './target-in-the-way.ts';
import { checkUpdate } from './update-latest.ts';

/** Compares a clone with the remote's newest commit. */
export async function checkLatest(request: LatestRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const { rev, target, bare, mirror } = request;
  const obstacle = await targetInTheWay(host, target);
  if (obstacle !== undefined) return fails(obstacle);
  const hasTree = !bare && !mirror;
  if (rev !== 'HEAD' && !hasTree) return fails("'rev' is not compatible with the 'mirror' and 'bare' arguments");
  const refs = await askRemote(request, host);
  if (typeof refs === 'string') return fails(refs);
  const revision = findRevision(refs, request);
  if (revision === undefined && rev !== 'HEAD')
    return fails(`No revision matching '${rev}' exists in the remote repository`);
  if (!(await isClone(request, host))) return checkClone(request, revision, context);
  if (revision === undefined) return checkEmpty(request, context);
  return hasTree ? checkUpdate(request, { revision, refs }, context) : checkBare(request, revision, context);
}

async function isClone({ target, login }: LatestRequest, host: ReadHost): Promise<boolean> {
  const names = (await host.files.list(target)) ?? [];
  if (!names.includes('.git') && !names.includes('HEAD')) return false;
  return (await askGit(host, ['-C', target, 'rev-parse', '--git-dir'], login)) !== undefined;
}

/** Refs of the remote, or why they cannot be told. */
async function askRemote(
  { name, login }: LatestRequest,
  host: ReadHost,
): Promise<ReadonlyMap<string, string> | string> {
  if (login.https !== undefined && login.https.isFromUrl !== true && !name.startsWith('https://'))
    return 'Basic Auth only supported for HTTPS';
  const refusal = 'Failed to check remote refs: ';
  const missing = await missingKeys(host, login);
  if (missing !== undefined) return `${refusal}${missing}`;
  try {
    return await explainGit(refusal, () => listRemote(host, name, login));
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}

async function checkEmpty({ target, login }: LatestRequest, { host }: StateContext): Promise<CheckOutcome<Host>> {
  return (await askGit(host, ['-C', target, 'rev-parse', 'HEAD'], login)) === undefined
    ? isOk(`Repository ${target} is up-to-date`)
    : fails('Remote repository is empty, cannot update from a non-empty to an empty repository');
}

async function checkBare(
  request: LatestRequest,
  { commit }: Revision,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  const { name, target, remote, login } = request;
  const current = await askGit(host, ['-C', target, 'rev-parse', 'HEAD'], login);
  const url = await askGit(host, ['-C', target, 'config', '--get', `remote.${remote}.url`], login);
  const wanted = urlWithLogin(name, login);
  if (current === commit && url === wanted) return isOk(`Repository ${target} is up-to-date`);
  const changes = {
    ...(url === undefined ? { new: `${redactUrl(name)} => ${remote}` } : {}),
    ...(url === undefined || url === wanted || current !== commit
      ? {}
      : { [`remotes/${remote}`]: { old: redactUrl(url), new: redactUrl(name) } }),
    ...(current === commit ? {} : { revision: { old: current ?? null, new: commit } }),
  };
  return willChange({ comment: `Bare repository at ${target} would be fetched`, changes }, (machine) =>
    attemptGit(fetchFailed, async () => {
      const git = (...args: readonly string[]): Promise<string> => runGit(machine, ['-C', target, ...args], login);
      if (url !== wanted) await git('remote', url === undefined ? 'add' : 'set-url', remote, wanted);
      const flags = [...(request.force_fetch ? ['--force'] : []), ...(request.fetch_tags ? ['--tags'] : [])];
      await git('fetch', ...flags, remote);
      return { comment: `Bare repository at ${target} was fetched, resulting in updated refs`, changes };
    }),
  );
}
