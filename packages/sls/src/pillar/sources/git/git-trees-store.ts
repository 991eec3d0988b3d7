import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitCommand } from './git-command.ts';
import type { GitRemote } from './read-git-remotes.ts';

/**
 * Copies of remotes on disk. Several processes share them: fetching is locked, and the files of a commit are a folder of
 * their own that appears whole and never changes.
 */
export interface GitTrees {
  /** Fetches a remote; whether there was something new. Throws `pillar-external`. */
  fetch(remote: GitRemote): Promise<boolean>;
  /** Removes locks that a git which was killed left in the copy; their paths. Throws while somebody fetches. */
  clearLocks(remote: GitRemote): Promise<readonly string[]>;
  /** Whether it was never fetched, or long ago. */
  isStale(remote: GitRemote, seconds: number): Promise<boolean>;
  /** The commit that a branch, a tag or a hash means; `undefined` when it is not there. */
  resolve(remote: GitRemote, name: string): Promise<string | undefined>;
  /** The folder with the files of a commit, below the mount point if there is one. */
  checkout(remote: GitRemote, commit: string): Promise<string>;
}

/** Seconds that one process waits for another that fetches. */
const lockSeconds = 60;
/** Milliseconds for which the files of a commit stay that nobody asks for any more. */
const restMilliseconds = 3_600_000;

/** Opens the copies in a folder. */
export function openGitTrees(folder: string, git: GitCommand): GitTrees {
  const homeOf = ({ key }: GitRemote): string => join(folder, key);
  const gitOf = (remote: GitRemote): readonly string[] => ['git', `--git-dir=${join(homeOf(remote), 'repo.git')}`];
  const refsOf = async (remote: GitRemote): Promise<string> => git([...gitOf(remote), 'for-each-ref']);
  async function begin(remote: GitRemote): Promise<void> {
    const repository = join(homeOf(remote), 'repo.git');
    if ((await look(join(repository, 'HEAD'))) !== undefined) return;
    await mkdir(homeOf(remote), { recursive: true, mode: 0o700 });
    await git(['git', 'init', '--quiet', '--bare', repository]);
  }
  return {
    async fetch(remote) {
      await begin(remote);
      const before = await refsOf(remote);
      // Whatever comes of it, the next try is not at once.
      await writeFile(join(homeOf(remote), 'fetched'), '', { mode: 0o600 });
      const words = ['fetch', '--quiet', '--force', '--prune', '--', remote.url, ...remote.refspecs];
      const lock = ['flock', '-w', String(lockSeconds), join(homeOf(remote), 'lock')];
      await git([...lock, ...gitOf(remote), ...words], { access: remote.access });
      const isNew = (await refsOf(remote)) !== before;
      if (isNew || (await look(join(homeOf(remote), 'resolved'))) === undefined) await forgetResolved(homeOf(remote));
      return isNew;
    },
    async clearLocks(remote) {
      const repository = join(homeOf(remote), 'repo.git');
      if ((await look(repository)) === undefined) return [];
      const lock = ['flock', '-n', join(homeOf(remote), 'lock')];
      const found = await git([...lock, 'find', repository, '-name', '*.lock', '-type', 'f', '-print', '-delete']);
      return found.split('\n').filter((path) => path !== '');
    },
    async isStale(remote, seconds) {
      const found = await look(join(homeOf(remote), 'fetched'));
      return found === undefined || Date.now() - found.mtimeMs >= seconds * 1000;
    },
    resolve: async (remote, name) => resolve(name, { home: homeOf(remote), words: gitOf(remote), git }),
    checkout: async (remote, commit) => checkOut(remote, commit, { home: homeOf(remote), words: gitOf(remote), git }),
  };
}

interface Resolved {
  readonly commit: string | undefined;
  keep(commit: string): Promise<void>;
}

/**
 * What a name was resolved to since something new was fetched last. Each such fetch begins a folder of its own: whoever
 * resolved before it, and writes that down after it, misleads nobody.
 */
async function openResolved(home: string, name: string): Promise<Resolved> {
  const folder = await realpath(join(home, 'resolved')).catch(() => undefined);
  if (folder === undefined) return { commit: undefined, keep: async () => {} };
  const path = join(folder, createHash('sha256').update(name).digest('hex').slice(0, 16));
  const text = await readFile(path, 'utf8').catch(() => '');
  return {
    commit: /^(?:[\da-f]{40}|[\da-f]{64})$/.test(text) ? text : undefined,
    keep: async (commit) => writeFile(path, commit, { mode: 0o600 }).catch(() => {}),
  };
}

/** Begins another folder for what is resolved, and lets all know by one link that changes at once. */
async function forgetResolved(home: string): Promise<void> {
  const link = join(home, 'resolved');
  const before = await realpath(link).catch(() => undefined);
  const folder = await mkdtemp(`${link}.`);
  await symlink(folder, `${folder}.link`);
  await rename(`${folder}.link`, link);
  if (before !== undefined) await rm(before, { recursive: true, force: true });
}

interface Copy {
  readonly home: string;
  /** How a command begins that works on the copy. */
  readonly words: readonly string[];
  readonly git: GitCommand;
}

async function resolve(name: string, { home, words, git }: Copy): Promise<string | undefined> {
  const kept = await openResolved(home, name);
  if (kept.commit !== undefined) return kept.commit;
  const refs = [`refs/remotes/origin/${name}`, `refs/tags/${name}`, ...(/^[\da-f]{7,40}$/.test(name) ? [name] : [])];
  for (const ref of refs) {
    const asked = [...words, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
    const commit = await git(asked).catch(() => '');
    if (commit === '') continue;
    await kept.keep(commit);
    return commit;
  }
  return undefined;
}

async function checkOut({ root, mountpoint }: GitRemote, commit: string, { home, words, git }: Copy): Promise<string> {
  const trees = join(home, 'trees');
  const place = createHash('sha256').update(`${mountpoint}\n${root}`).digest('hex').slice(0, 8);
  const tree = join(trees, mountpoint === '' ? commit : `${commit}-${place}`);
  await appear(tree, async (made) => {
    const how = { indexFile: `${made}.index` };
    const folder = join(made, mountpoint);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const inFolder = [...words, `--work-tree=${folder}`];
    await git([...inFolder, 'read-tree', mountpoint === '' ? commit : `${commit}:${root}`], how);
    await git([...inFolder, 'checkout-index', '--all', '--force'], how);
    await rm(how.indexFile, { force: true });
  });
  await removeOld(trees, tree);
  return mountpoint === '' && root !== '' ? join(tree, root) : tree;
}

/** Makes a folder beside its place and moves it there whole. Who comes second finds the same one there. */
async function appear(place: string, make: (made: string) => Promise<void>): Promise<void> {
  if ((await look(place)) !== undefined) {
    await utimes(place, new Date(), new Date()).catch(() => {});
    return;
  }
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  const made = await mkdtemp(`${place}.`);
  try {
    await make(made);
    await rename(made, place).catch(async (error: unknown) => {
      if ((await look(place)) === undefined) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Whoever still reads the files of an older commit began less than an hour ago. */
async function removeOld(folder: string, current: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = path === current ? undefined : await look(path);
    if (found === undefined || Date.now() - found.mtimeMs < restMilliseconds) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function look(path: string): Promise<{ readonly mtimeMs: number } | undefined> {
  return stat(path).catch(() => undefined);
}
