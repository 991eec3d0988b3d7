import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, valueList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { downloadChanges, readDownloads } from '../../providers/packages/downloads.ts';
import { packageChanges } from '../../providers/packages/package-changes.ts';
import type { InstallTarget, PackageManager } from '../../providers/packages/package-manager.ts';
import { findBadName } from '../../providers/packages/package-wishes.ts';
import { forgetInstalled, installedPackages, noteRefreshed } from '../../providers/packages/package-memory.ts';
import { checkAdvisories, patchesOf } from '../../providers/packages/rpm/patches.ts';
import { failure } from '../failure.ts';

const name = optional(lineText()).describe('Name of the package.');
const pkgs = optional(valueList()).describe('Names, or dictionaries of name and version, instead of `name`.');

export const refreshDb = defineFunction({
  name: 'pkg.refresh_db',
  summary: 'Fetches the lists of packages anew and answers true.',
  args: z.object({}),
  examples: ["'*' pkg.refresh_db"],
  async run(_args, { host, grains, memory }) {
    await (await choosePackageManager(host, grains)).refresh(host);
    noteRefreshed(memory, true);
    return true;
  },
});

export const install = defineFunction({
  name: 'pkg.install',
  summary: 'Installs packages and answers what changed.',
  args: z.object({
    name,
    refresh: withDefault(flag(), false).describe('Fetch the lists of packages first.'),
    fromrepo: optional(lineText()).describe('The repository to take them from.'),
    skip_verify: withDefault(flag(), false).describe('Install what is not signed.'),
    pkgs,
    version: optional(lineText()).describe('The version of `name`.'),
    reinstall: withDefault(flag(), false).describe('Install anew what is installed.'),
    install_recommends: withDefault(flag(), true).describe('Install recommended packages too.'),
    only_upgrade: withDefault(flag(), false).describe('Install no package that is not installed.'),
    downloadonly: withDefault(flag(), false).describe('Put them into the cache only; what came into it is answered.'),
    advisory_ids: optional(commaList()).describe('On dnf, yum and zypper: advisories to install instead.'),
  }),
  examples: ["'*' pkg.install vim", `'*' pkg.install pkgs='["foo", {"bar": "1.2.3-0ubuntu0"}]'`],
  async run(args, context) {
    if (args.advisory_ids !== undefined) return installAdvisories(context, args.advisory_ids, args.downloadonly);
    const targets = readTargets(args.name, args.pkgs, args.version);
    const watch = args.downloadonly ? downloading : changing;
    return watch(context, async (manager) => {
      if (args.refresh) await manager.refresh(context.host);
      await manager.install(context.host, targets, {
        fromRepository: args.fromrepo,
        skipVerify: args.skip_verify,
        reinstall: args.reinstall,
        recommends: args.install_recommends,
        onlyUpgrade: args.only_upgrade,
        allowDowngrade: targets.some((target) => target.version !== undefined),
        downloadOnly: args.downloadonly,
        signal: context.signal,
      });
    });
  },
});

export const remove = defineFunction({
  name: 'pkg.remove',
  ignoresOthers: true,
  summary: 'Removes packages and answers what changed.',
  args: z.object({ name, pkgs }),
  examples: ["'*' pkg.remove vim", `'*' pkg.remove pkgs='["foo", "bar"]'`],
  run: (args, context) => removing(context, args, false),
});

export const purge = defineFunction({
  name: 'pkg.purge',
  ignoresOthers: true,
  summary: 'Removes packages with their configuration and answers what changed.',
  args: z.object({ name, pkgs }),
  examples: ["'*' pkg.purge vim", `'*' pkg.purge pkgs='["foo", "bar"]'`],
  run: (args, context) => removing(context, args, true),
});

export const upgrade = defineFunction({
  name: 'pkg.upgrade',
  ignoresOthers: true,
  summary: 'Upgrades all packages and answers what changed.',
  args: z.object({
    refresh: withDefault(flag(), true).describe('Fetch the lists of packages first.'),
    dist_upgrade: withDefault(flag(), false).describe('Let the upgrade install and remove packages.'),
  }),
  examples: ["'*' pkg.upgrade"],
  run: ({ refresh, dist_upgrade: distUpgrade }, context) =>
    changing(context, async (manager) => {
      if (refresh) await manager.refresh(context.host);
      await manager.upgrade(context.host, { distUpgrade, signal: context.signal });
    }),
});

export const hold = holdFunction('pkg.hold', true);
export const unhold = holdFunction('pkg.unhold', false);

function holdFunction(functionName: string, isHeld: boolean) {
  return defineFunction({
    name: functionName,
    ignoresOthers: true,
    summary: `${isHeld ? 'Keeps' : 'Stops keeping'} packages at their versions and answers what was done.`,
    args: z.object({ name: optional(commaList()).describe('Names of packages.'), pkgs }),
    examples: [`'*' ${functionName} foo`],
    async run(args, context): Promise<Plain> {
      const names = [...(args.name ?? []), ...(args.pkgs ?? []).map(pythonStr)];
      if (names.length === 0) throw failure(`${functionName} needs the name of a package.`);
      const bad = findBadName(names.map((each) => ({ name: each, version: undefined })));
      if (bad !== undefined) throw failure(`The name ${bad} cannot be that of a package.`);
      const manager = await choosePackageManager(context.host, context.grains);
      const { packages } = await installedPackages(manager, context);
      const changing = names.filter((each) => packages.has(each) && packages.get(each)?.isHeld !== isHeld);
      if (changing.length > 0) await manager.hold(context.host, changing, isHeld);
      forgetInstalled(context.memory);
      const answer = (each: string): Plain => {
        if (!packages.has(each)) return holdAnswer(each, { result: false, comment: `Package ${each} not installed.` });
        if (!changing.includes(each)) return holdAnswer(each, { result: true, comment: already(each) });
        const changes = isHeld ? { new: 'hold', old: 'install' } : { new: 'install', old: 'hold' };
        return holdAnswer(each, { result: true, changes, comment: now(each) });
      };
      return Object.fromEntries(names.map((each) => [each, answer(each)]));
    },
  });

  function already(each: string): string {
    return isHeld ? `Package ${each} is already set to be held.` : `Package ${each} is already set not to be held.`;
  }

  function now(each: string): string {
    return isHeld ? `Package ${each} is now being held.` : `Package ${each} is no longer being held.`;
  }
}

function holdAnswer(
  name: string,
  { result, changes = {}, comment }: { readonly result: boolean; readonly changes?: Plain; readonly comment: string },
): Plain {
  return { name, changes, result, comment };
}

function readTargets(
  single: string | undefined,
  several: readonly Value[] | undefined,
  version: string | undefined,
): readonly InstallTarget[] {
  if (several === undefined) {
    if (single === undefined) throw failure('pkg.install needs the name of a package.');
    return single.split(',').map((each) => ({ name: each.trim(), version }));
  }
  return several.flatMap((each): readonly InstallTarget[] => {
    if (!isDict(each)) return [{ name: pythonStr(each) }];
    return Array.from(each, ([key, value]) => ({
      name: pythonStr(key),
      version: value === null ? undefined : pythonStr(value),
    }));
  });
}

async function removing(
  context: FunctionContext,
  args: { readonly name: string | undefined; readonly pkgs: readonly Value[] | undefined },
  isPurge: boolean,
): Promise<Plain> {
  const manager = await choosePackageManager(context.host, context.grains);
  const { packages } = await installedPackages(manager, context);
  // What is not there needs no removing: the program would complain of it, and leave the rest.
  const names = readTargets(args.name, args.pkgs, undefined)
    .map((target) => target.name)
    .filter((each) => packages.has(each) && (isPurge || packages.get(each)?.isConfigOnly !== true));
  if (names.length === 0) return {};
  return changing(context, async () => manager.remove(context.host, names, { purge: isPurge, signal: context.signal }));
}

async function installAdvisories(
  context: FunctionContext,
  ids: readonly string[],
  downloadOnly: boolean,
): Promise<Plain> {
  const watch = downloadOnly ? downloading : changing;
  return watch(context, async (manager) => {
    const tool = patchesOf(manager);
    if (tool === undefined) throw failure(`${manager.name} knows no advisories.`);
    checkAdvisories(await tool.read(context.host), ids);
    await tool.install(context.host, ids, { downloadOnly, signal: context.signal });
  });
}

async function downloading(context: FunctionContext, act: (manager: PackageManager) => Promise<void>): Promise<Plain> {
  const manager = await choosePackageManager(context.host, context.grains);
  const before = (await readDownloads(manager, context.host)) ?? {};
  await act(manager);
  return downloadChanges(before, (await readDownloads(manager, context.host)) ?? {});
}

async function changing(context: FunctionContext, act: (manager: PackageManager) => Promise<void>): Promise<Plain> {
  const manager = await choosePackageManager(context.host, context.grains);
  const before = await installedPackages(manager, context);
  await act(manager);
  forgetInstalled(context.memory);
  return packageChanges(before, await installedPackages(manager, context));
}
