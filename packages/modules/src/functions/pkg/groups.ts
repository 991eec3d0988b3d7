import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, operand, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { groupsOf } from '../../providers/packages/groups/choose-groups.ts';
import { compareGroup, type PackageGroups } from '../../providers/packages/groups/package-group.ts';
import { packageChanges } from '../../providers/packages/package-changes.ts';
import type { PackageManager } from '../../providers/packages/package-manager.ts';
import { forgetInstalled, installedPackages } from '../../providers/packages/package-memory.ts';
import { findBadName } from '../../providers/packages/package-wishes.ts';
import { failure } from '../failure.ts';

const name = operand().describe('Name or id of the group.');

async function chooseGroups(
  context: FunctionContext,
): Promise<{ readonly manager: PackageManager; readonly groups: PackageGroups }> {
  const manager = await choosePackageManager(context.host, context.grains);
  const groups = groupsOf(manager);
  if (groups === undefined) throw failure(`${manager.name} has no groups of packages.`);
  return { manager, groups };
}

export const groupList = defineFunction({
  name: 'pkg.group_list',
  summary: 'The groups of packages that dnf, yum or pacman know, by how far they are installed.',
  args: z.object({}),
  examples: ["'*' pkg.group_list"],
  async run(_args, context): Promise<Plain> {
    const { groups } = await chooseGroups(context);
    return { ...(await groups.list(context.host)) };
  },
});

export const groupInfo = defineFunction({
  name: 'pkg.group_info',
  summary: 'The packages of a group, of an environment its groups.',
  args: z.object({
    name,
    expand: withDefault(flag(), false).describe('Of an environment, tell the packages of its groups.'),
  }),
  examples: ["'*' pkg.group_info 'Perl Support'"],
  async run({ name: group, expand }, context): Promise<Plain> {
    const { groups } = await chooseGroups(context);
    const { facts, members } = await groups.describe(context.host, group, { expands: expand });
    return { ...facts, ...members };
  },
});

export const groupDiff = defineFunction({
  name: 'pkg.group_diff',
  summary: 'Which packages of a group are installed, and which are not.',
  args: z.object({ name }),
  examples: ["'*' pkg.group_diff 'Perl Support'"],
  async run({ name: group }, context): Promise<Plain> {
    const { manager, groups } = await chooseGroups(context);
    const found = await groups.describe(context.host, group, { expands: true });
    return { ...compareGroup(found, await installedPackages(manager, context)) };
  },
});

export const groupInstall = installer('pkg.group_install');
export const groupinstall = installer('pkg.groupinstall');

function installer(functionName: string) {
  return defineFunction({
    name: functionName,
    summary: 'Installs the packages of groups and answers what changed.',
    args: z.object({
      name: commaList().describe('Names or ids of the groups.'),
      skip: withDefault(commaList(), []).describe('Default packages of them that are left out.'),
      include: withDefault(commaList(), []).describe('Packages that are installed besides.'),
    }),
    examples: [`'*' ${functionName} 'Group 1'`, `'*' ${functionName} 'My Group' skip=foo,bar include=baz`],
    async run({ name: names, skip, include }, context): Promise<Plain> {
      const dashed = names.find((each) => /^-|\n/.test(each));
      if (dashed !== undefined) throw failure(`${dashed} cannot be the name of a group`);
      const { manager, groups } = await chooseGroups(context);
      const found = await Promise.all(names.map((each) => groups.describe(context.host, each, { expands: false })));
      const wanted = found.flatMap(({ members }) => [
        ...members.mandatory,
        ...members.default.filter((each) => !skip.includes(each)),
      ]);
      return install(manager, [...wanted, ...include], context);
    },
  });
}

async function install(manager: PackageManager, wanted: readonly string[], context: FunctionContext): Promise<Plain> {
  const before = await installedPackages(manager, context);
  const missing = [...new Set(wanted)].filter((each) => before.packages.get(each)?.isConfigOnly !== false);
  const targets = missing.map((each) => ({ name: each }));
  const bad = findBadName(targets.map((target) => ({ ...target, version: undefined })));
  if (bad !== undefined) throw failure(`The name ${bad} cannot be that of a package`);
  if (targets.length === 0) return {};
  await manager.install(context.host, targets, { signal: context.signal });
  forgetInstalled(context.memory);
  return packageChanges(before, await installedPackages(manager, context));
}
