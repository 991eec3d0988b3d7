import { isAppError, type Applied, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  isOk,
  operand,
  optional,
  textList,
  willChange,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { groupsOf } from '../../providers/packages/groups/choose-groups.ts';
import { compareGroup, type GroupDifference } from '../../providers/packages/groups/package-group.ts';
import { packageArguments } from '../../providers/packages/package-arguments.ts';
import { packageChanges } from '../../providers/packages/package-changes.ts';
import type { PackageManager } from '../../providers/packages/package-manager.ts';
import { forgetInstalled, installedPackages } from '../../providers/packages/package-memory.ts';
import { findBadName } from '../../providers/packages/package-wishes.ts';
import { refreshLists } from '../../providers/packages/refresh-lists.ts';

const { refresh, fromrepo, skip_verify, update_holds } = packageArguments;

/** `pkg.group_installed` */
export const groupInstalled = defineState({
  name: 'pkg.group_installed',
  summary: 'Keeps a group of packages installed, on dnf, yum and pacman.',
  args: z.object({
    name: operand().describe('Name or id of the group.'),
    skip: optional(textList()).describe('Default packages of it that are left out.'),
    include: optional(textList()).describe('Packages that are installed besides, optional ones of it say.'),
    ...{ refresh, fromrepo, skip_verify, update_holds },
  }),
  examples: [
    `Load Balancer:
  pkg.group_installed:
    - skip: [piranha]
    - include: [haproxy]`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const manager = await choosePackageManager(context.host, context.grains);
    const groups = groupsOf(manager);
    if (groups === undefined) return fails('pkg.group_install not available for this platform');
    const difference = await look(args.name, manager, context);
    return typeof difference === 'string' ? fails(difference) : plan(args, { manager, difference }, context);
  },
});

interface Wish {
  readonly name: string;
  readonly skip: readonly string[] | undefined;
  readonly include: readonly string[] | undefined;
  readonly refresh: boolean | undefined;
  readonly fromrepo: string | undefined;
  readonly skip_verify: boolean;
  readonly update_holds: boolean;
}

const trouble = (name: string): string => `An error was encountered while installing/updating group '${name}'`;

/** How a group is installed; a text says why that cannot be told. */
async function look(name: string, manager: PackageManager, context: StateContext): Promise<GroupDifference | string> {
  try {
    const group = await groupsOf(manager)?.describe(context.host, name, { expands: true });
    return group === undefined ? '' : compareGroup(group, await installedPackages(manager, context));
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return `${trouble(name)}: ${caught.message}.`;
  }
}

async function plan(
  wish: Wish,
  found: { readonly manager: PackageManager; readonly difference: GroupDifference },
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { skip = [], include = [] } = wish;
  const { mandatory, default: usual, optional: besides } = found.difference;
  const needed = [...mandatory.installed, ...mandatory['not installed']].filter((each) => skip.includes(each));
  if (needed.length > 0) return fails(`The following mandatory packages cannot be skipped: ${needed.join(', ')}`);
  const missing = usual['not installed'].filter((each) => !skip.includes(each));
  const targets = [...new Set([...mandatory['not installed'], ...missing, ...include])];
  const bad = findBadName(targets.map((each) => ({ name: each, version: undefined })));
  if (bad !== undefined) return fails(`The name ${bad} cannot be that of a package`);
  return installTargets(wish, { ...found, targets, isPartial: isThere([mandatory, usual, besides]) }, context);
}

const isThere = (kinds: readonly { readonly installed: readonly string[] }[]): boolean =>
  kinds.some(({ installed }) => installed.length > 0);

interface Plan {
  readonly manager: PackageManager;
  readonly targets: readonly string[];
  /** Whether something of the group is installed already. */
  readonly isPartial: boolean;
}

async function installTargets(wish: Wish, todo: Plan, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name } = wish;
  const { packages } = await installedPackages(todo.manager, context);
  const targets = todo.targets.filter((each) => packages.get(each)?.isConfigOnly !== false);
  if (targets.length === 0) return isOk(`Group '${name}' is already installed`);
  const comment = todo.isPartial
    ? `Group '${name}' is partially installed and will be updated`
    : `Group '${name}' will be installed`;
  const changes = Object.fromEntries(targets.map((each) => [each, { new: 'installed', old: '' }]));
  return willChange({ comment, changes }, (machine) =>
    attempt(trouble(name), () => install(wish, { ...todo, targets }, { machine, context })),
  );
}

async function install(
  wish: Wish,
  { manager, targets, isPartial }: Plan,
  { machine, context }: { readonly machine: Host; readonly context: StateContext },
): Promise<Applied> {
  const before = await installedPackages(manager, context);
  await refreshLists(manager, machine, { wish: wish.refresh, validSeconds: undefined, context });
  const options = { fromRepository: wish.fromrepo, skipVerify: wish.skip_verify, changeHeld: wish.update_holds };
  const wanted = targets.map((each) => ({ name: each }));
  await manager.install(machine, wanted, { ...options, signal: context.signal });
  forgetInstalled(context.memory);
  const after = await installedPackages(manager, { ...context, host: machine });
  const changes = packageChanges(before, after);
  const failed = targets.filter((each) => after.packages.get(each)?.isConfigOnly !== false);
  if (failed.length > 0)
    return { comment: `Failed to install the following packages: ${failed.join(', ')}`, changes, failed: true };
  return { comment: `Group '${wish.name}' was ${isPartial ? 'updated' : 'installed'}`, changes };
}
