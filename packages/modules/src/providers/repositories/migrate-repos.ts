import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { makeParents } from '../files/make-parents.ts';
import { newRepoFile, readRepos, removeRepo, writeRepo, type FoundRepo } from './repo-files.ts';

/** What another root lacks of the repositories and keys of this machine, and what it has besides. */
export interface Migration {
  readonly repos: readonly FoundRepo[];
  readonly surplusRepos: readonly FoundRepo[];
  readonly keys: readonly string[];
  readonly surplusKeys: readonly string[];
}

/** What is asked of a migration. */
export interface MigrationWish {
  readonly root: string;
  readonly keys: boolean;
  readonly drop: boolean;
}

/** Compares the repositories and keys of this machine with those of another root. */
export async function planMigration(host: ReadHost, { root, keys, drop }: MigrationWish): Promise<Migration> {
  const [here, there] = [await readRepos(host, 'zypper'), await readRepos(host, 'zypper', root)];
  const known = new Set(there.map(describe));
  const ids = new Set(here.map(({ id }) => id));
  const [own, other] = keys ? [await listKeys(host, '/'), await listKeys(host, root)] : [[], []];
  return {
    repos: here.filter((repo) => !known.has(describe(repo))),
    surplusRepos: drop ? there.filter(({ id }) => !ids.has(id)) : [],
    keys: own.filter((key) => !other.includes(key)),
    surplusKeys: drop ? other.filter((key) => !own.includes(key)) : [],
  };
}

function describe({ id, options }: FoundRepo): string {
  const settings = Array.from(options, ([key, value]) => JSON.stringify([key, value])).toSorted();
  return JSON.stringify([id, settings]);
}

async function listKeys(host: ReadHost, root: string): Promise<readonly string[]> {
  const format = '%{NAME}-%{VERSION}-%{RELEASE}\n';
  const command = ['rpm', ...inRoot(root), '-q', 'gpg-pubkey', '--queryformat', format];
  const { exitCode, stdout } = await host.inspect({ command, timeout: 300_000 });
  return exitCode === 0 ? stdout.split('\n').filter((line) => /^gpg-pubkey-[\w-]+$/.test(line)) : [];
}

function inRoot(root: string): readonly string[] {
  return root === '/' ? [] : ['--root', root];
}

/** Brings a migration about; `copies` takes the files over whole instead of repository by repository. */
export async function migrate(
  machine: Host,
  plan: Migration,
  { root, copies }: { readonly root: string; readonly copies: boolean },
): Promise<void> {
  await (copies && plan.repos.length > 0 ? copyFiles(machine, root) : writeRepos(machine, plan.repos, root));
  for (const repo of plan.surplusRepos) await removeRepo(machine, repo);
  for (const key of plan.keys) await importKey(machine, key, root);
  for (const key of plan.surplusKeys) await runTool(machine, ['rpm', ...inRoot(root), '-e', key]);
}

async function copyFiles(machine: Host, root: string): Promise<void> {
  for (const file of new Set((await readRepos(machine, 'zypper')).map((repo) => repo.file))) {
    const copy = posix.join(root, file);
    await makeParents(machine, copy, { mode: 0o755 });
    await machine.files.writeCopy(copy, file, { mode: 0o644 });
  }
}

async function writeRepos(machine: Host, repos: readonly FoundRepo[], root: string): Promise<void> {
  const there = await readRepos(machine, 'zypper', root);
  for (const { id, options } of repos) {
    const known = there.find((repo) => repo.id === id);
    const file = known?.file ?? posix.join(root, await newRepoFile(machine, 'zypper', id));
    const dropped = [...(known?.options.keys() ?? [])].map((key) => [key, undefined] as const);
    await writeRepo(machine, { file, id }, new Map<string, string | undefined>([...dropped, ...options]));
  }
}

// The key itself is what rpm has as its description.
async function importKey(machine: Host, key: string, root: string): Promise<void> {
  const { stdout } = await runTool(machine, ['rpm', '-q', key, '--queryformat', '%{DESCRIPTION}']);
  const path = `/tmp/brine-${randomBytes(12).toString('hex')}`;
  await machine.files.write(path, Buffer.from(stdout), { mode: 0o600 });
  try {
    await runTool(machine, ['rpm', ...inRoot(root), '--import', path]);
  } finally {
    await machine.files.remove(path);
  }
}
