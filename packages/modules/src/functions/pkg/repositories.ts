import { pythonStr, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { commaList, dict, flag, optional, text, unsupported, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { noteRefreshed } from '../../providers/packages/package-memory.ts';
import {
  mainSourcesList,
  readAptSources,
  readSourceLines,
  type FoundSource,
} from '../../providers/repositories/apt-files.ts';
import { isSameEntry, readAptSource, writeAptSource, type AptSource } from '../../providers/repositories/apt-source.ts';
import type { PackageManager } from '../../providers/packages/package-manager.ts';
import {
  hasRepoFiles,
  newRepoFile,
  readRepos,
  refuseRepo,
  refuseRepoId,
  removeRepo,
  repoOptions,
  withOneSource,
  writeRepo,
  type FoundRepo,
} from '../../providers/repositories/repo-files.ts';
import { failure } from '../failure.ts';
import { writeText } from '../text-file.ts';

const repo = text().describe('The repository: a line of a sources list, or the id of a .repo file.');
const refreshes = (usual: boolean) => withDefault(flag(), usual).describe('Fetch the lists of packages afterwards.');

export const listRepos = defineFunction({
  name: 'pkg.list_repos',
  ignoresOthers: true,
  summary: 'The repositories packages come from, by their URIs.',
  args: z.object({}),
  examples: ["'*' pkg.list_repos"],
  async run(_args, { host, grains }) {
    const manager = await repoFileManager(host, grains);
    if (manager !== undefined)
      return Object.fromEntries(
        (await readRepos(host, manager.name)).map((one) => [one.id, describeRepo(one, manager.name, true)]),
      );
    const found = new Map<string, Plain[]>();
    for (const one of await readAptSources(host)) {
      const { uri } = one.source;
      found.set(uri, [...(found.get(uri) ?? []), describeSource(one)]);
    }
    return found;
  },
});

export const getRepo = defineFunction({
  name: 'pkg.get_repo',
  ignoresOthers: true,
  summary: 'What is configured of a repository; an empty dictionary when it is not.',
  args: z.object({ repo }),
  examples: [`'*' pkg.get_repo 'deb http://deb.debian.org/debian stable main'`],
  async run({ repo: line }, { host, grains }) {
    const manager = await repoFileManager(host, grains);
    if (manager !== undefined) {
      const known = (await readRepos(host, manager.name)).find(({ id }) => id === line);
      return known === undefined ? {} : describeRepo(known, manager.name, false);
    }
    const source = readAptSource(line);
    const found = source === undefined ? undefined : await findRepository(host, source);
    return found === undefined ? {} : describeSource(found);
  },
});

export const modRepo = defineFunction({
  name: 'pkg.mod_repo',
  summary: 'Adds a repository or changes it, and answers what it is now.',
  args: z.object({
    repo,
    saltenv: optional(text()).describe('Accepted for Salt; no files are fetched.'),
    file: optional(text()).describe('The sources list it goes into.'),
    dist: optional(text()).describe('The release, when the line is to have another.'),
    comps: optional(commaList()).describe('The components, when the line is to have others.'),
    architectures: optional(commaList()).describe('The architectures.'),
    signedby: optional(text()).describe('Path of the key packages must be signed with.'),
    disabled: withDefault(flag(), false).describe('Comment it out.'),
    refresh: optional(flag()).describe('Fetch the lists of packages afterwards.'),
    refresh_db: refreshes(true),
    key_url: unsupported('fetching keys; pkgrepo.managed does'),
    key_text: unsupported('placing keys; pkgrepo.managed does'),
    keyid: unsupported('fetching keys; pkgrepo.managed does'),
    keyserver: unsupported('fetching keys; pkgrepo.managed does'),
    options: withDefault(dict(), new Map<Value, Value>()).describe('Options of the section, on dnf, yum and zypper.'),
  }),
  keywords: 'options',
  examples: [`'*' pkg.mod_repo 'deb http://deb.debian.org/debian stable main' comps=main,contrib`],
  async run(args, context) {
    const manager = await repoFileManager(context.host, context.grains);
    if (manager !== undefined) return modifyRepo(args, { manager, context });
    const [unknown] = args.options.keys();
    if (unknown !== undefined) throw failure(`pkg.mod_repo has no argument ${pythonStr(unknown)} for apt.`);
    const wanted = wantedSource(parseLine(args.repo), args);
    const found = await findRepository(context.host, wanted);
    const file = args.file ?? found?.file ?? mainSourcesList;
    const lines = await readSourceLines(context.host, file);
    const line = writeAptSource(wanted);
    const edited = found?.file === file ? lines.with(found.index, line) : [...lines, line];
    await makeParents(context.host, file, { mode: 0o755 });
    await writeText(context.host, file, edited.map((each) => `${each}\n`).join(''), { mode: 0o644 });
    if (args.refresh ?? args.refresh_db) await refreshLists(context);
    else noteRefreshed(context.memory, false);
    return { [args.repo]: describeSource({ file, source: wanted }) };
  },
});

export const delRepo = defineFunction({
  name: 'pkg.del_repo',
  ignoresOthers: true,
  summary: 'Removes a repository, and its file when nothing else is in it.',
  args: z.object({ repo, refresh: refreshes(true) }),
  examples: [`'*' pkg.del_repo 'deb http://deb.debian.org/debian stable main'`],
  async run({ repo: line, refresh }, context) {
    const manager = await repoFileManager(context.host, context.grains);
    if (manager !== undefined) {
      const known = (await readRepos(context.host, manager.name)).find(({ id }) => id === line);
      if (known === undefined) throw failure(`Repository '${line}' not found.`);
      const fileWent = await removeRepo(context.host, known);
      noteRefreshed(context.memory, false);
      return fileWent
        ? `File ${known.file} containing repo ${line} has been removed`
        : `Repo ${line} has been removed from ${known.file}`;
    }
    const found = await findRepository(context.host, parseLine(line));
    if (found === undefined) throw failure(`Repo ${line} doesn't exist in the sources.list(s)`);
    const lines = (await readSourceLines(context.host, found.file)).toSpliced(found.index, 1);
    const isEmpty = lines.every((each) => each.trim() === '') && found.file !== mainSourcesList;
    if (isEmpty) await context.host.files.remove(found.file);
    else await writeText(context.host, found.file, lines.map((each) => `${each}\n`).join(''));
    if (refresh) await refreshLists(context);
    return isEmpty
      ? `File ${found.file} containing repo '${line}' has been removed.`
      : `Repo '${line}' has been removed from ${found.file}`;
  },
});

/** The package manager of a machine that has its repositories in `.repo` files; `undefined` on apt. */
async function repoFileManager(host: FunctionContext['host'], grains: Dict): Promise<PackageManager | undefined> {
  const manager = await choosePackageManager(host, grains);
  if (manager.name === 'apt') return undefined;
  if (hasRepoFiles(manager.name)) return manager;
  throw failure('Repo management not implemented on this platform');
}

async function modifyRepo(
  args: {
    readonly repo: string;
    readonly file: string | undefined;
    readonly disabled: boolean;
    readonly options: Dict;
  },
  { manager, context }: { readonly manager: PackageManager; readonly context: FunctionContext },
): Promise<Plain> {
  const { host } = context;
  const found = (await readRepos(host, manager.name)).find(({ id }) => id === args.repo);
  const options = new Map([...repoOptions(args.options), ...(args.disabled ? ([['enabled', '0']] as const) : [])]);
  if (found === undefined && !options.has('name')) options.set('name', args.repo);
  const refusal = refuseRepoId(args.repo) ?? refuseRepo(options, found === undefined);
  if (refusal !== undefined) throw failure(refusal);
  const file = found?.file ?? args.file ?? (await newRepoFile(host, manager.name, args.repo));
  await writeRepo(host, { file, id: args.repo }, withOneSource(options));
  noteRefreshed(context.memory, false);
  const written = (await readRepos(host, manager.name)).filter((one) => one.file === file);
  if (manager.name !== 'zypper')
    return { [file]: Object.fromEntries(written.map((one) => [one.id, describeRepo(one, manager.name, false)])) };
  const own = written.find(({ id }) => id === args.repo);
  return own === undefined ? {} : describeRepo(own, manager.name, false);
}

// For zypper Salt reads flags as such and adds the alias.
function describeRepo({ id, options, file }: FoundRepo, manager: string, hasFile: boolean): Plain {
  const read = (value: string): Plain => (manager === 'zypper' && /^[01]$/.test(value) ? value === '1' : value);
  const shown = Object.fromEntries(Array.from(options, ([key, value]): [string, Plain] => [key, read(value)]));
  if (manager === 'zypper') return { ...shown, alias: id };
  return hasFile ? { ...shown, file } : shown;
}

function parseLine(line: string): AptSource {
  const source = readAptSource(line);
  if (source !== undefined) return source;
  throw failure(`Error: repo '${line}' is not a well formatted definition`);
}

async function findRepository(host: FunctionContext['host'], wanted: AptSource): Promise<FoundSource | undefined> {
  return (await readAptSources(host)).find(({ source }) => isSameEntry(source, wanted));
}

function wantedSource(
  source: AptSource,
  wishes: {
    readonly dist: string | undefined;
    readonly comps: readonly string[] | undefined;
    readonly architectures: readonly string[] | undefined;
    readonly signedby: string | undefined;
    readonly disabled: boolean;
  },
): AptSource {
  const options = new Map(source.options);
  if (wishes.architectures !== undefined) options.set('arch', wishes.architectures.join(','));
  if (wishes.signedby !== undefined) options.set('signed-by', wishes.signedby);
  const [dist, components] = [wishes.dist ?? source.dist, wishes.comps ?? source.components];
  return { ...source, options, dist, components, isDisabled: wishes.disabled };
}

async function refreshLists({ host, memory, grains }: FunctionContext): Promise<void> {
  await (await choosePackageManager(host, grains)).refresh(host);
  noteRefreshed(memory, true);
}

function describeSource({ file, source }: Pick<FoundSource, 'file' | 'source'>): Plain {
  const { type, uri, dist, components, isDisabled, options } = source;
  return {
    file,
    comps: [...components],
    disabled: isDisabled,
    enabled: !isDisabled,
    dist,
    type,
    uri,
    line: writeAptSource(source),
    architectures: options.get('arch')?.split(',') ?? [],
    signedby: options.get('signed-by') ?? '',
  };
}
