import type { ReadHost } from '../../kit/index.ts';
import type { LatestRequest } from './latest-request.ts';
import { askGit } from './git-command.ts';
import { isAt, type Revision } from './revision.ts';

/** What the remote has: the wanted revision, and all its refs with their commits. */
export interface RemoteState {
  readonly revision: Revision;
  readonly refs: ReadonlyMap<string, string>;
}

/** A clone as it is. */
export interface CloneState {
  readonly current: string | undefined;
  /** `HEAD` when it is detached; `undefined` when it has no commit. */
  readonly branch: string | undefined;
  /** URL of the remote. */
  readonly url: string | undefined;
  readonly isDirty: boolean;
  /** Whether another branch has to be checked out, and whether that one is there. */
  readonly turn: 'none' | 'new' | 'existing';
  /** The commit that is moved: that of the branch that will be checked out. */
  readonly base: string | undefined;
  /** What the branch that will be checked out follows. */
  readonly upstream: string | undefined;
  /** Whether the clone knows the revision already. */
  readonly hasRevision: boolean;
  /** A tag of the revision's name that is elsewhere in the clone. */
  readonly strayTag: string | undefined;
  /** The branch of the remote that has the commit of its HEAD. */
  readonly defaultBranch: string | undefined;
  readonly newTags: readonly string[];
  readonly deletedTags: readonly string[];
}

/** Reads everything that decides what an update does. */
export async function readClone(
  request: LatestRequest,
  { revision, refs }: RemoteState,
  host: ReadHost,
): Promise<CloneState> {
  const { target, remote, login, branch: wanted } = request;
  const ask = (...args: readonly string[]): Promise<string | undefined> => askGit(host, ['-C', target, ...args], login);
  const current = await ask('rev-parse', '--verify', '--quiet', 'HEAD');
  const branch = current === undefined ? undefined : await ask('rev-parse', '--abbrev-ref', 'HEAD');
  const needsTurn = wanted !== undefined && wanted !== branch;
  const there = needsTurn ? await ask('rev-parse', '--verify', '--quiet', `refs/heads/${wanted}^{commit}`) : undefined;
  const base = !needsTurn ? current : (there ?? revision.commit);
  const followed = there === undefined ? branch : wanted;
  const status = await ask('status', '--porcelain', '--untracked-files=no');
  return {
    current,
    branch,
    url: await ask('config', '--get', `remote.${remote}.url`),
    isDirty: status !== undefined && status !== '',
    turn: !needsTurn ? 'none' : there === undefined ? 'new' : 'existing',
    base,
    upstream: followed === undefined ? undefined : await ask('rev-parse', '--abbrev-ref', `${followed}@{upstream}`),
    defaultBranch: findDefaultBranch(refs),
    ...(await readRevision(request, { revision, base }, ask)),
    ...(await compareTags(request, refs, ask)),
  };
}

function findDefaultBranch(refs: ReadonlyMap<string, string>): string | undefined {
  const head = refs.get('HEAD');
  const ref = [...refs.keys()].find((name) => name.startsWith('refs/heads/') && refs.get(name) === head);
  return ref?.slice('refs/heads/'.length);
}

type Ask = (...args: readonly string[]) => Promise<string | undefined>;

async function readRevision(
  { rev, remote }: LatestRequest,
  { revision, base }: { readonly revision: Revision; readonly base: string | undefined },
  ask: Ask,
): Promise<Pick<CloneState, 'hasRevision' | 'strayTag'>> {
  const { kind, commit } = revision;
  const no = { hasRevision: false, strayTag: undefined };
  const isShort = kind === 'commit' || kind === 'head';
  if (isShort && isAt(base, revision)) return { ...no, hasRevision: true };
  if ((await ask('rev-parse', '--verify', '--quiet', `${commit}^{commit}`)) === undefined) return no;
  if (isShort) return { ...no, hasRevision: true };
  // The commit may be there while the name is still elsewhere, after a forced push.
  const ref = kind === 'branch' ? `refs/remotes/${remote}/${rev}` : `refs/tags/${rev}`;
  const known = await ask('rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  if (known === commit) return { ...no, hasRevision: true };
  return { ...no, strayTag: kind === 'tag' ? known : undefined };
}

/** A shallow clone has not all tags, and is not to get all that they lead to. */
async function compareTags(
  { fetch_tags, sync_tags, depth }: LatestRequest,
  refs: ReadonlyMap<string, string>,
  ask: Ask,
): Promise<Pick<CloneState, 'newTags' | 'deletedTags'>> {
  if (!fetch_tags || depth !== undefined) return { newTags: [], deletedTags: [] };
  const local = ((await ask('tag', '--list')) ?? '').split('\n').filter((name) => name !== '');
  const all = [...refs.keys()].filter((ref) => ref.startsWith('refs/tags/') && !ref.endsWith('^{}'));
  const remote = all.map((ref) => ref.slice('refs/tags/'.length));
  return {
    newTags: remote.filter((name) => !local.includes(name)),
    deletedTags: sync_tags ? local.filter((name) => !remote.includes(name)) : [],
  };
}
