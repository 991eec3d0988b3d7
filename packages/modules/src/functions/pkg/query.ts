import { matchGlob } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { installedPackages } from '../../providers/packages/package-memory.ts';
import { versionsOf, type PackageDatabase } from '../../providers/packages/package-manager.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';

const names = textList().describe('Names of packages.');

export const version = defineFunction({
  name: 'pkg.version',
  ignoresOthers: true,
  summary:
    'The installed version of a package, or of several by name; an empty text for one that is not installed. Names may be globs.',
  args: z.object({ names }),
  variadic: 'names',
  examples: ["'*' pkg.version tar", "'*' pkg.version tar bash", "'*' pkg.version 'libc6*'"],
  async run({ names: wanted }, context) {
    const { packages } = await database(context);
    const installed = (name: string): string => {
      const found = packages.get(name);
      return found === undefined || found.isConfigOnly ? '' : versionsOf(found).join(',');
    };
    const isGlob = (name: string): boolean => name.includes('*');
    const matching = (glob: string): readonly string[] =>
      [...packages.keys()].filter((name) => matchGlob(glob, name) && installed(name) !== '');
    const named = wanted.flatMap((name) => (isGlob(name) ? matching(name) : [name]));
    return wanted.length === 1 && !wanted.some(isGlob)
      ? installed(wanted[0] ?? '')
      : Object.fromEntries(named.map((name) => [name, installed(name)]));
  },
});

export const listPkgs = defineFunction({
  name: 'pkg.list_pkgs',
  ignoresOthers: true,
  summary: 'The installed packages and their versions.',
  args: z.object({
    versions_as_list: withDefault(flag(), false).describe('Give versions as lists.'),
    removed: withDefault(flag(), false).describe('Those removed whose configuration stayed.'),
    purge_desired: withDefault(flag(), false).describe('Those installed that are marked to be purged.'),
  }),
  examples: ["'*' pkg.list_pkgs", "'*' pkg.list_pkgs versions_as_list=True"],
  async run({ versions_as_list: asList, removed, purge_desired: unwanted }, context) {
    const { packages } = await database(context);
    const chosen = [...packages].filter(
      ([, found]) => found.isConfigOnly === removed && (removed || !unwanted || found.isUnwanted === true),
    );
    const sorted = chosen.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      sorted.map(([name, found]) => [name, asList ? versionsOf(found) : versionsOf(found).join(',')]),
    );
  },
});

export const latestVersion = defineFunction({
  name: 'pkg.latest_version',
  ignoresOthers: true,
  summary: 'The version an upgrade of a package would bring; an empty text when it is up to date or unknown.',
  args: z.object({
    names,
    refresh: withDefault(flag(), true).describe('Fetch the lists of packages first.'),
    fromrepo: optional(safeName('a repository')).describe('Only as this repository, or release of Debian, has it.'),
    show_installed: withDefault(flag(), false).describe('Tell the newest version also where it is installed.'),
  }),
  variadic: 'names',
  examples: ["'*' pkg.latest_version bash", "'*' pkg.latest_version bash tar refresh=False"],
  async run({ names: wanted, refresh, fromrepo, show_installed: showsAll }, context) {
    if (wanted.length === 0) return '';
    const manager = await choosePackageManager(context.host, context.grains);
    if (refresh) await manager.refresh(context.host);
    const [{ packages }, candidates] = await Promise.all([
      installedPackages(manager, context),
      manager.candidates(context.host, wanted, fromrepo),
    ]);
    const newer = (name: string): string => {
      const [candidate, installed] = [candidates.get(name), packages.get(name)];
      if (candidate === undefined) return '';
      const isNewer =
        installed === undefined || installed.isConfigOnly || manager.compareVersions(installed.version, candidate) < 0;
      return isNewer || (showsAll && installed.version === candidate) ? candidate : '';
    };
    return wanted.length === 1 ? newer(wanted[0] ?? '') : Object.fromEntries(wanted.map((name) => [name, newer(name)]));
  },
});

export const upgradeAvailable = defineFunction({
  name: 'pkg.upgrade_available',
  ignoresOthers: true,
  summary: 'Whether a newer version of a package is on offer.',
  args: z.object({ name: lineText().describe('Name of the package.') }),
  examples: ["'*' pkg.upgrade_available bash"],
  run: async ({ name }, { call }) => (await call('pkg.latest_version', [name])) !== '',
});

export const listUpgrades = defineFunction({
  name: 'pkg.list_upgrades',
  ignoresOthers: true,
  summary: 'The packages an upgrade would change, with their new versions.',
  args: z.object({
    refresh: withDefault(flag(), true).describe('Fetch the lists of packages first.'),
    dist_upgrade: withDefault(flag(), true).describe('Let the upgrade install and remove packages.'),
  }),
  examples: ["'*' pkg.list_upgrades"],
  async run({ refresh, dist_upgrade: distUpgrade }, { host, grains }) {
    const manager = await choosePackageManager(host, grains);
    if (refresh) await manager.refresh(host);
    return Object.fromEntries(await manager.upgrades(host, { distUpgrade }));
  },
});

export const versionCmp = defineFunction({
  name: 'pkg.version_cmp',
  ignoresOthers: true,
  summary: 'Whether a version is older (-1), the same (0) or newer (1) than another.',
  args: z.object({
    pkg1: text().describe('A version.'),
    pkg2: text().describe('Another version.'),
    ignore_epoch: withDefault(flag(), false).describe('Leave epochs (`1:`) out.'),
  }),
  examples: ["'*' pkg.version_cmp '0.2.4-0ubuntu1' '0.2.4.1-0ubuntu1'"],
  async run({ pkg1, pkg2, ignore_epoch: ignoresEpoch }, { host, grains }) {
    const bare = (given: string): string => (ignoresEpoch ? given.replace(/^\d+:/, '') : given);
    return Math.sign((await choosePackageManager(host, grains)).compareVersions(bare(pkg1), bare(pkg2)));
  },
});

export const listRepoPkgs = defineFunction({
  name: 'pkg.list_repo_pkgs',
  ignoresOthers: true,
  summary: 'All versions on offer of packages, newest first.',
  args: z.object({ args: textList().describe('Names of packages and globs of them; all packages without any.') }),
  variadic: 'args',
  examples: ["'*' pkg.list_repo_pkgs foo bar", "'*' pkg.list_repo_pkgs 'samba4*'"],
  async run({ args }, { host, grains }) {
    const manager = await choosePackageManager(host, grains);
    const asksNames = args.length > 0 && args.every((name) => !/[*?[]/.test(name));
    if (manager.offered !== undefined && !asksNames) {
      const offered = await manager.offered(host, args.map(checkedPattern));
      return Object.fromEntries(Array.from(offered, ([name, versions]) => [name, [...versions]]));
    }
    const found = await Promise.all(
      args.map(async (name) => [name, [...(await manager.versions(host, name))]] as const),
    );
    return Object.fromEntries(found.filter(([, versions]) => versions.length > 0));
  },
});

function checkedPattern(pattern: string): string {
  if (/^[^-\s\0][^\s\0]*$/.test(pattern)) return pattern;
  throw failure(`'${pattern}' is no name of packages`);
}

export const fileList = defineFunction({
  name: 'pkg.file_list',
  ignoresOthers: true,
  summary: 'The files of installed packages.',
  args: z.object({ packages: textList().describe('Names of packages.') }),
  variadic: 'packages',
  examples: ["'*' pkg.file_list httpd"],
  async run({ packages }, context) {
    const { errors, found } = await filesOf(packages, context);
    return { errors, files: found.flatMap(([, files]) => files) };
  },
});

export const fileDict = defineFunction({
  name: 'pkg.file_dict',
  ignoresOthers: true,
  summary: 'The files of installed packages, by package.',
  args: z.object({ packages: textList().describe('Names of packages.') }),
  variadic: 'packages',
  examples: ["'*' pkg.file_dict httpd postfix"],
  async run({ packages }, context) {
    const { errors, found } = await filesOf(packages, context);
    return { errors, packages: Object.fromEntries(found) };
  },
});

async function filesOf(
  packages: readonly string[],
  { host, grains, setRetcode }: FunctionContext,
): Promise<{ readonly errors: readonly string[]; readonly found: readonly (readonly [string, readonly string[]])[] }> {
  if (packages.length === 0) throw failure('Package name should be provided');
  const manager = await choosePackageManager(host, grains);
  const all = await Promise.all(packages.map(async (name) => [name, await manager.files(host, name)] as const));
  const errors = all.flatMap(([name, files]) => (files === undefined ? [`package '${name}' is not installed`] : []));
  if (errors.length > 0) setRetcode(1);
  return { errors, found: all.flatMap(([name, files]) => (files === undefined ? [] : [[name, files] as const])) };
}

export const owner = defineFunction({
  name: 'pkg.owner',
  ignoresOthers: true,
  summary: 'The package a file belongs to; an empty text when it belongs to none.',
  args: z.object({ paths: textList().describe('Paths.') }),
  variadic: 'paths',
  examples: ["'*' pkg.owner /usr/bin/apachectl", "'*' pkg.owner /usr/bin/apachectl /usr/bin/basename"],
  async run({ paths }, { host, grains, setRetcode }) {
    if (paths.length === 0) return '';
    const manager = await choosePackageManager(host, grains);
    const found = await Promise.all(paths.map(async (path) => [path, await manager.owner(host, path)] as const));
    // That of the last question, as in Salt.
    if (found.at(-1)?.[1] === '') setRetcode(1);
    return found.length === 1 ? (found[0]?.[1] ?? '') : Object.fromEntries(found);
  },
});

async function database(context: FunctionContext): Promise<PackageDatabase> {
  return installedPackages(await choosePackageManager(context.host, context.grains), context);
}
