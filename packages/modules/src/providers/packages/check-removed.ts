import type { Applied, CheckOutcome, Value } from '@brine/common';
import { isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { choosePackageManager } from './choose-package-manager.ts';
import { packageChanges } from './package-changes.ts';
import type { PackageDatabase, PackageManager } from './package-manager.ts';
import { forgetInstalled, installedPackages } from './package-memory.ts';
import { readWishes, type PackageWish } from './package-wishes.ts';
import { meetsWish } from './version-wish.ts';

/** `pkg.removed` or `pkg.purged` as an SLS file describes it. */
export interface RemoveRequest {
  readonly name: string;
  readonly version: string | undefined;
  readonly pkgs: Value[] | undefined;
}

interface Plan {
  readonly manager: PackageManager;
  readonly wishes: readonly PackageWish[];
  readonly targets: readonly string[];
  readonly purge: boolean;
  readonly context: StateContext;
}

/** Compares packages with being gone, and says in Salt's words what is or will be done. */
export async function checkRemoved(
  request: RemoveRequest,
  context: StateContext,
  purge: boolean,
): Promise<CheckOutcome<Host>> {
  const manager = await choosePackageManager(context.host, context.grains);
  const wishes = readWishes(request);
  const database = await installedPackages(manager, context);
  const targets = findTargets(wishes, { database, manager, purge });
  if (targets.length === 0) return isOk(nothingToDo(wishes, database, purge));
  const verb = purge ? 'purged' : 'removed';
  const changes = Object.fromEntries(targets.map((name) => [name, { new: verb, old: '' }]));
  const comment = `The following packages will be ${verb}: ${targets.join(', ')}.`;
  const plan = { manager, wishes, targets, purge, context };
  return willChange({ comment, changes }, (machine) =>
    attempt(`An error was encountered while ${purge ? 'purging' : 'removing'} package(s)`, () => remove(plan, machine)),
  );
}

function nothingToDo(wishes: readonly PackageWish[], { packages }: PackageDatabase, purge: boolean): string {
  if (purge) return 'None of the targeted packages are installed or partially installed';
  const otherVersions = wishes.some(({ name }) => packages.get(name)?.isConfigOnly === false);
  return `All specified packages${otherVersions ? ' (matching specified versions)' : ''} are already absent`;
}

function findTargets(
  wishes: readonly PackageWish[],
  { database, manager, purge }: { database: PackageDatabase; manager: PackageManager; purge: boolean },
): readonly string[] {
  const isThere = ({ name, version }: PackageWish): boolean => {
    const found = database.packages.get(name);
    if (found === undefined || (found.isConfigOnly && !purge)) return false;
    return meetsWish(found.version, version, manager.compareVersions);
  };
  return wishes
    .filter(isThere)
    .map(({ name }) => name)
    .toSorted();
}

async function remove({ manager, wishes, targets, purge, context }: Plan, machine: Host): Promise<Applied> {
  const before = await installedPackages(manager, context);
  await manager.remove(machine, targets, { purge, signal: context.signal });
  forgetInstalled(context.memory);
  const after = await installedPackages(manager, { ...context, host: machine });
  const verb = purge ? 'purged' : 'removed';
  const changes = {
    ...Object.fromEntries(
      targets.filter((name) => before.packages.get(name)?.isConfigOnly).map((name) => [name, { new: verb, old: '' }]),
    ),
    ...packageChanges(before, after),
  };
  const failed = findTargets(wishes, { database: after, manager, purge });
  if (failed.length > 0)
    return {
      comment: `The following packages failed to ${purge ? 'purge' : 'remove'}: ${failed.join(', ')}.`,
      changes,
      failed: true,
    };
  const others = wishes.map(({ name }) => name).filter((name) => !targets.includes(name));
  if (others.length === 0) return { comment: `All targeted packages were ${verb}.`, changes };
  const comment = `The following packages were not installed: ${others.toSorted().join(', ')} The following packages were ${verb}: ${targets.join(', ')}.`;
  return { comment, changes };
}
