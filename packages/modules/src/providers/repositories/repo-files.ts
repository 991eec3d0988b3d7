import { posix } from 'node:path';
import { Float, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { makeParents } from '../files/make-parents.ts';
import { readRepoSections, removeRepoSection, setRepoOptions, type RepoSection } from './repo-document.ts';

/** A repository and the file it stands in. */
export interface FoundRepo extends RepoSection {
  readonly file: string;
}

/** Where a package manager has its `.repo` files; the first that exists gets what is new. */
const folders: Readonly<Record<string, readonly string[]>> = {
  dnf: ['/etc/yum.repos.d', '/etc/yum/repos.d'],
  yum: ['/etc/yum.repos.d', '/etc/yum/repos.d'],
  zypper: ['/etc/zypp/repos.d'],
};

/** Whether a package manager has its repositories in `.repo` files. */
export function hasRepoFiles(manager: string): boolean {
  return Object.hasOwn(folders, manager);
}

/** All repositories of a machine, or of another root on it, in the order of their files. */
export async function readRepos(host: ReadHost, manager: string, root = '/'): Promise<readonly FoundRepo[]> {
  const found: FoundRepo[] = [];
  for (const folder of (folders[manager] ?? []).map((path) => posix.join(root, path)))
    for (const name of (await host.files.list(folder)) ?? []) {
      if (!name.endsWith('.repo')) continue;
      const file = `${folder}/${name}`;
      for (const section of readRepoSections(await readFileText(host, file))) found.push({ ...section, file });
    }
  return found;
}

/** The file of a repository that is new. */
export async function newRepoFile(host: ReadHost, manager: string, id: string): Promise<string> {
  const places = folders[manager] ?? [];
  for (const folder of places) if ((await host.files.stat(folder)) !== undefined) return `${folder}/${id}.repo`;
  return `${places[0] ?? ''}/${id}.repo`;
}

/** Sets options of a repository; `undefined` takes one off. */
export async function writeRepo(
  machine: Host,
  { file, id }: { readonly file: string; readonly id: string },
  options: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  await makeParents(machine, file, { mode: 0o755 });
  const text = setRepoOptions(await readFileText(machine, file), id, options);
  await machine.files.write(file, Buffer.from(text), { mode: 0o644 });
}

/** Takes a repository off; answers whether its file went with it. */
export async function removeRepo(machine: Host, { file, id }: FoundRepo): Promise<boolean> {
  const left = removeRepoSection(await readFileText(machine, file), id);
  if (left === undefined) await machine.files.remove(file);
  else await machine.files.write(file, Buffer.from(left));
  return left === undefined;
}

/** A value as such a file has it: flags are 1 and 0. */
export function repoValue(value: Value): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value)) return value.map(repoValue).join('\n');
  return value instanceof Float || !isDict(value) ? pythonStr(value) : '';
}

/** Options as text, without those that are not given. */
export function repoOptions(options: Dict): ReadonlyMap<string, string> {
  const given = [...options].filter(([, value]) => value !== null);
  return new Map(given.map(([key, value]) => [pythonStr(key).toLowerCase(), repoValue(value)]));
}

/** Options to write: of `baseurl` and `mirrorlist` the one that is not wanted goes. */
export function withOneSource(options: ReadonlyMap<string, string>): ReadonlyMap<string, string | undefined> {
  if (options.has('mirrorlist')) return new Map<string, string | undefined>([...options, ['baseurl', undefined]]);
  return options.has('baseurl')
    ? new Map<string, string | undefined>([...options, ['mirrorlist', undefined]])
    : options;
}

/** Why options do not make a repository; `undefined` when they do. */
export function refuseRepo(options: ReadonlyMap<string, string>, isNew: boolean): string | undefined {
  const sources = ['baseurl', 'mirrorlist'].filter((key) => options.has(key));
  if (sources.length > 1) return "Only one of 'mirrorlist' and 'baseurl' can be specified";
  if (isNew && sources.length === 0 && !options.has('metalink'))
    return 'The repo does not exist and needs to be created, but either a baseurl or a mirrorlist needs to be given';
  const bad = [...options].find(([key, value]) => !/^[a-z][\w.-]*$/.test(key) || /[\r\0]/.test(value));
  return bad === undefined ? undefined : `${bad[0]} cannot be an option of a repository`;
}

/** Why a text is no id of a repository; `undefined` when it is one. */
export function refuseRepoId(id: string): string | undefined {
  return /^[\w.:+@-]+$/.test(id) && !id.startsWith('-') && !id.startsWith('.')
    ? undefined
    : `${id} cannot be the id of a repository`;
}

async function readFileText(host: ReadHost, file: string): Promise<string> {
  return Buffer.from((await host.files.read(file)) ?? '').toString('utf8');
}
