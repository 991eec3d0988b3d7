import type { Applied, Changes, CheckOutcome, Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { choosePackageManager } from './choose-package-manager.ts';
import { packageChanges } from './package-changes.ts';
import type { PackageManager } from './package-manager.ts';
import { forgetInstalled, installedPackages } from './package-memory.ts';
import { findBadName, readWishes } from './package-wishes.ts';
import { areListsOld, oldListsNote, refreshLists, type RefreshWish } from './refresh-lists.ts';

/** `pkg.latest` as an SLS file describes it. */
export interface LatestRequest {
  readonly name: string;
  readonly pkgs: Value[] | undefined;
  readonly refresh: boolean | undefined;
  readonly fromrepo: string | undefined;
  readonly skip_verify: boolean;
  readonly cache_valid_time: number | undefined;
  readonly install_recommends: boolean | undefined;
  readonly only_upgrade: boolean;
  readonly force_conf_new: boolean;
  readonly update_holds: boolean;
}

interface Outdated {
  /** Name → the version to install. */
  readonly targets: ReadonlyMap<string, string>;
  readonly unknown: readonly string[];
  readonly current: readonly string[];
}

interface Plan {
  readonly request: LatestRequest;
  readonly manager: PackageManager;
  readonly names: readonly string[];
  readonly refresh: RefreshWish;
  readonly context: StateContext;
}

/**
 * Compares packages with the newest on offer, by the lists of packages as they are. Only an application refreshes them,
 * and looks again; where the lists are old, there is something to do even if all seems well.
 */
export async function checkLatest(request: LatestRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const wishes = readWishes(request);
  if (wishes.length === 0) return isOk('No packages to install provided');
  const bad = findBadName(wishes);
  if (bad !== undefined) return fails(`The name ${bad} cannot be that of a package`);
  const manager = await choosePackageManager(context.host, context.grains);
  const names = wishes.map(({ name }) => name);
  const refresh = { wish: request.refresh, validSeconds: request.cache_valid_time, context };
  const isOld = await areListsOld(manager, context.host, refresh);
  const plan = { request, manager, names, refresh, context };
  const outdated = await compareWithOffer(plan, context.host);
  if (outdated.unknown.length > 0 && !isOld) return fails(describeUnknown(outdated));
  if (outdated.targets.size === 0 && !isOld) return isOk(describeCurrent(names));
  return willChange(pendingOf(outdated, isOld), (machine) =>
    attempt('An error was encountered while installing package(s)', () => bringUpToDate(plan, machine)),
  );
}

function pendingOf({ targets, current }: Outdated, isOld: boolean): { comment: string; changes: Changes } {
  const wanted = [...targets.keys()].toSorted();
  const comment = [
    ...(wanted.length === 0 ? [] : [`The following packages would be installed/upgraded: ${wanted.join(', ')}`]),
    ...(current.length === 0 ? [] : [`The following packages are already up-to-date: ${current.join(', ')}`]),
    ...(isOld ? [oldListsNote] : []),
  ].join('\n');
  const changes = Object.fromEntries(wanted.map((name) => [name, { new: targets.get(name) ?? 'latest', old: '' }]));
  return { comment, changes };
}

async function compareWithOffer({ manager, request, names, context }: Plan, host: ReadHost): Promise<Outdated> {
  const database = await installedPackages(manager, { ...context, host });
  const offered = await manager.candidates(host, names, request.fromrepo);
  const targets = new Map<string, string>();
  const [unknown, current]: [string[], string[]] = [[], []];
  for (const name of names) {
    const found = database.packages.get(name);
    const version = found === undefined || found.isConfigOnly ? undefined : found.version;
    const candidate = offered.get(name);
    if (candidate === undefined && version === undefined) unknown.push(name);
    else if (candidate !== undefined && (version === undefined || manager.compareVersions(candidate, version) > 0))
      targets.set(name, candidate);
    else current.push(name);
  }
  return { targets, unknown, current };
}

function describeUnknown({ unknown }: Outdated): string {
  return unknown.map((name) => `No information found for '${name}'.`).join(' ');
}

function describeCurrent(names: readonly string[]): string {
  if (names.length > 10) return `All ${names.length} packages are up-to-date.`;
  if (names.length > 1) return `All packages are up-to-date (${names.toSorted().join(', ')}).`;
  return `Package ${names[0] ?? ''} is already up-to-date`;
}

async function bringUpToDate(plan: Plan, machine: Host): Promise<Applied> {
  const { request, manager, names, refresh, context } = plan;
  await refreshLists(manager, machine, refresh);
  const outdated = await compareWithOffer(plan, machine);
  if (outdated.unknown.length > 0) return { comment: describeUnknown(outdated), changes: {}, failed: true };
  if (outdated.targets.size === 0) return { comment: describeCurrent(names), changes: {} };
  const before = await installedPackages(manager, context);
  const targets = [...outdated.targets.keys()];
  await manager.install(
    machine,
    targets.map((name) => ({ name })),
    {
      fromRepository: request.fromrepo,
      skipVerify: request.skip_verify,
      changeHeld: request.update_holds,
      recommends: request.install_recommends,
      onlyUpgrade: request.only_upgrade,
      configuration: request.force_conf_new ? 'new' : 'old',
      signal: context.signal,
    },
  );
  forgetInstalled(context.memory);
  const after = await installedPackages(manager, { ...context, host: machine });
  const changes = packageChanges(before, after);
  const failed = targets.filter((name) => changes[name] === undefined);
  const done = targets.filter((name) => changes[name] !== undefined);
  const comment = [
    ...(failed.length === 0 ? [] : [`The following packages failed to update: ${failed.toSorted().join(', ')}`]),
    ...(done.length === 0
      ? []
      : [`The following packages were successfully installed/upgraded: ${done.toSorted().join(', ')}`]),
    ...(outdated.current.length === 0
      ? []
      : [`The following packages were already up-to-date: ${outdated.current.toSorted().join(', ')}`]),
  ].join(' ');
  return { comment, changes, failed: failed.length > 0 };
}
