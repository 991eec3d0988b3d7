import type { Plain, Value } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, valueList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { preseed } from '../../providers/packages/apt/preseed.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { downloadChanges, readDownloads } from '../../providers/packages/downloads.ts';
import { chooseVersions, findPackageFiles } from '../../providers/packages/install-plan.ts';
import type { InstallTarget, PackageManager } from '../../providers/packages/package-manager.ts';
import { checkAdvisories, patchesOf } from '../../providers/packages/rpm/patches.ts';
import { failure } from '../failure.ts';
import { chooseSaltenv, saltenvArgument } from '../saltenv.ts';
import { changing, readTargets } from './changing.ts';

export const install = defineFunction({
  name: 'pkg.install',
  ignoresOthers: true,
  summary: 'Installs packages and answers what changed.',
  args: z.object({
    name: optional(lineText()).describe('Name of the package.'),
    refresh: withDefault(flag(), false).describe('Fetch the lists of packages first.'),
    fromrepo: optional(lineText()).describe('The repository to take them from.'),
    skip_verify: withDefault(flag(), false).describe('Install what is not signed.'),
    debconf: optional(lineText()).describe('On apt: a file of answers for debconf, `salt://…` or a path.'),
    pkgs: optional(valueList()).describe('Names, or dictionaries of name and version, instead of `name`.'),
    sources: optional(valueList()).describe('Package files, as dictionaries of name and address, instead of `name`.'),
    reinstall: withDefault(flag(), false).describe('Install anew what is installed.'),
    downloadonly: withDefault(flag(), false).describe('Put them into the cache only; what came into it is answered.'),
    ignore_epoch: withDefault(flag(), false).describe('Leave epochs (`1:`) out where versions are compared.'),
    version: optional(lineText()).describe('The version of `name`, also as `>=1.2`.'),
    install_recommends: withDefault(flag(), true).describe('Install recommended packages too.'),
    force_conf_new: withDefault(flag(), false).describe(
      'On apt: take configuration files of the package over changed ones.',
    ),
    only_upgrade: withDefault(flag(), false).describe('Install no package that is not installed.'),
    advisory_ids: optional(commaList()).describe('On dnf, yum and zypper: advisories to install instead.'),
    saltenv: saltenvArgument,
  }),
  examples: [
    "'*' pkg.install vim",
    `'*' pkg.install pkgs='["foo", {"bar": "1.2.3-0ubuntu0"}]'`,
    `'*' pkg.install sources='[{"foo": "salt://foo.deb"}]'`,
  ],
  async run(args, context) {
    if (args.advisory_ids !== undefined) return installAdvisories(context, args.advisory_ids, args.downloadonly);
    const manager = await choosePackageManager(context.host, context.grains);
    const surroundings = { ...context, step: { ...nowhere, saltenv: chooseSaltenv(args.saltenv, context) } };
    if (args.debconf !== undefined && manager.name === 'apt') await preseed(context.host, args.debconf, surroundings);
    if (args.refresh) await manager.refresh(context.host);
    const targets = await targetsOf(args, manager, surroundings);
    const watch = args.downloadonly ? downloading : changing;
    return watch(context, () =>
      manager.install(context.host, targets, {
        fromRepository: args.fromrepo,
        skipVerify: args.skip_verify,
        reinstall: args.reinstall,
        recommends: args.install_recommends,
        onlyUpgrade: args.only_upgrade,
        configuration: args.force_conf_new ? 'new' : 'old',
        allowDowngrade: targets.some((target) => target.version !== undefined),
        downloadOnly: args.downloadonly,
        signal: context.signal,
      }),
    );
  },
});

const nowhere = { id: 'pkg.install', sls: '', function: 'pkg.install' };

async function targetsOf(
  args: {
    readonly name: string | undefined;
    readonly pkgs: readonly Value[] | undefined;
    readonly version: string | undefined;
    readonly sources: readonly Value[] | undefined;
    readonly ignore_epoch: boolean;
  },
  manager: PackageManager,
  context: Parameters<typeof findPackageFiles>[2],
): Promise<readonly InstallTarget[]> {
  if (args.sources !== undefined && args.pkgs !== undefined)
    throw failure('Only one of "pkgs" and "sources" can be used.');
  const found =
    args.sources === undefined
      ? await chooseVersions(manager, context.host, wishesOf(args), args.ignore_epoch)
      : await findPackageFiles(args.sources, manager, context);
  if (typeof found === 'string') throw failure(found);
  return found;
}

function wishesOf({ name, pkgs, version }: Parameters<typeof targetsOf>[0]) {
  return readTargets(name, pkgs, version).map((one) => ({ name: one.name, version: one.version?.replace(/^=+/, '') }));
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
