import { isAppError, type Applied, type Changes, type CheckOutcome, type Plain, type Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import {
  canVerify,
  describeReinstalled,
  findAltered,
  foretellAltered,
  readVerifyWish,
  type AlteredPackages,
} from './altered-packages.ts';
import { choosePackageManager } from './choose-package-manager.ts';
import { compareHolds, describeHolds, type HoldChange } from './hold-packages.ts';
import { chooseVersions, compareWishes, findPackageFiles, findUnknown, versionFits } from './install-plan.ts';
import type { InstallTarget, PackageDatabase, PackageManager } from './package-manager.ts';
import { packageChanges } from './package-changes.ts';
import { forgetInstalled, installedPackages } from './package-memory.ts';
import { findBadName, readWishes, type PackageWish } from './package-wishes.ts';
import { preseed } from './apt/preseed.ts';
import { areListsOld, oldListsNote, refreshLists, type RefreshWish } from './refresh-lists.ts';
import { showWish } from './version-wish.ts';

/** `pkg.installed` as an SLS file describes it. */
export interface InstallRequest {
  readonly name: string;
  readonly version: string | undefined;
  readonly pkgs: Value[] | undefined;
  readonly sources: Value[] | undefined;
  readonly refresh: boolean | undefined;
  readonly fromrepo: string | undefined;
  readonly skip_verify: boolean;
  readonly cache_valid_time: number | undefined;
  readonly install_recommends: boolean | undefined;
  readonly only_upgrade: boolean;
  readonly force_conf_new: boolean;
  readonly update_holds: boolean;
  readonly hold: boolean | undefined;
  readonly reinstall: boolean;
  readonly allow_updates: boolean;
  readonly skip_suggestions: boolean;
  readonly debconf: string | undefined;
  readonly ignore_epoch: boolean | undefined;
  readonly pkg_verify: boolean | Value[];
}

interface Plan {
  readonly request: InstallRequest;
  readonly manager: PackageManager;
  readonly targets: readonly PackageWish[];
  readonly met: readonly PackageWish[];
  readonly files: readonly (InstallTarget & { readonly file: string })[];
  readonly holds: readonly HoldChange[];
  /** Whether `latest` is asked for, and only lists refreshed by the application can tell it. */
  readonly isOld: boolean;
  /** Packages that are installed again, for their files were altered. */
  readonly altered: AlteredPackages;
  readonly context: StateContext;
}

/** Compares packages with what is asked of them, and says in Salt's words what is or will be done. */
export async function checkInstalled(request: InstallRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  if (request.pkgs?.length === 0) return isOk('No packages to install provided');
  const manager = await choosePackageManager(context.host, context.grains);
  const files = await findPackageFiles(request.sources ?? [], manager, context);
  if (typeof files === 'string') return fails(files);
  const wishes = files.length > 0 ? files.map(({ name, version }) => ({ name, version })) : readWishes(request);
  const bad = findBadName(wishes);
  if (bad !== undefined) return fails(`The name ${bad} cannot be that of a package`);
  const database = await installedPackages(manager, context);
  const rules = rulesOf(request);
  const comparison = compareWishes(wishes, database, { compare: manager.compareVersions, rules });
  const latest = await findOutdated(comparison.met, { manager, database, request }, context.host);
  const targets = [...comparison.targets, ...latest];
  const fitting = comparison.met.filter((wish) => !latest.includes(wish));
  const altered = await lookForAltered(fitting, { manager, database, request }, context.host);
  if (typeof altered === 'string') return fails(altered);
  const met = fitting.filter(({ name }) => !altered.has(name));
  const holds = compareHolds(wishes, database, request.hold);
  const isOld = wantsLatest(met) && (await areListsOld(manager, context.host, refreshOf(request, context)));
  const plan = { request, manager, targets, met, files, holds, isOld, altered, context };
  if (targets.length + holds.length + altered.size === 0 && !isOld) return isOk(describeMet(wishes, request));
  return willChange(pendingOf(plan), (machine) => attempt('', () => applyInstall(plan, machine)));
}

// Only of a package whose version is free; a text says why that could not be told.
async function lookForAltered(
  fitting: readonly PackageWish[],
  { manager, database, request }: { manager: PackageManager; database: PackageDatabase; request: InstallRequest },
  host: ReadHost,
): Promise<AlteredPackages | string> {
  const verification = readVerifyWish(request.pkg_verify);
  if (verification !== undefined && !canVerify(manager)) return 'pkg.verify not implemented';
  const free = fitting.filter(({ name, version }) => version === undefined && database.packages.has(name));
  if (verification === undefined) return new Map();
  try {
    return await findAltered(host, free, verification);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}

function rulesOf(request: InstallRequest): { allowUpdates: boolean; ignoreEpoch: boolean; reinstall: boolean } {
  const { allow_updates: allowUpdates, ignore_epoch: ignoreEpoch, reinstall } = request;
  return { allowUpdates, ignoreEpoch: ignoreEpoch === true, reinstall };
}

function wantsLatest(wishes: readonly PackageWish[]): boolean {
  return wishes.some(({ version }) => version === 'latest');
}

function refreshOf(
  { refresh: wish, cache_valid_time: validSeconds }: InstallRequest,
  context: StateContext,
): RefreshWish {
  return { wish, validSeconds, context };
}

async function findOutdated(
  met: readonly PackageWish[],
  { manager, database, request }: { manager: PackageManager; database: PackageDatabase; request: InstallRequest },
  host: ReadHost,
): Promise<readonly PackageWish[]> {
  const wanted = met.filter(({ version }) => version === 'latest');
  const candidates = await manager.candidates(
    host,
    wanted.map(({ name }) => name),
    request.fromrepo,
  );
  return wanted.filter(({ name }) => {
    const [current, candidate] = [database.packages.get(name)?.version, candidates.get(name)];
    return candidate !== undefined && (current === undefined || manager.compareVersions(candidate, current) > 0);
  });
}

function describeMet(wishes: readonly PackageWish[], { sources }: InstallRequest): string {
  const hasVersion = sources === undefined && wishes.some(({ version }) => version !== undefined);
  return `All specified packages are already installed${hasVersion ? ' and are at the desired version' : ''}`;
}

function pendingOf({ targets, holds, request, isOld, altered }: Plan): { comment: string; changes: Changes } {
  const names = targets.map(({ name }) => name);
  const verb = request.reinstall ? 'reinstalled' : 'installed/updated';
  const comment = [
    ...(names.length === 0 ? [] : [`The following packages would be ${verb}: ${names.join(', ')}`]),
    ...foretellAltered(altered),
    ...describeHolds(holds, 'pending'),
    ...(isOld ? [oldListsNote] : []),
  ].join('\n');
  const changes = {
    ...Object.fromEntries(names.map((name) => [name, { new: 'installed', old: '' }])),
    ...Object.fromEntries([...altered.keys()].map((name) => [name, {}])),
    ...holdChanges(holds),
  };
  return { comment, changes };
}

function holdChanges(holds: readonly HoldChange[]): Changes {
  return Object.fromEntries(holds.map(({ name, old, now }) => [name, { new: now, old }]));
}

async function lookAgain(plan: Plan, machine: Host, database: PackageDatabase): Promise<Plan> {
  const { request, manager, context, met, targets } = plan;
  if (!plan.isOld) return plan;
  await refreshLists(manager, machine, refreshOf(request, context));
  const late = await findOutdated(met, { manager, database, request }, machine);
  return { ...plan, targets: [...targets, ...late], met: met.filter((wish) => !late.includes(wish)) };
}

async function applyInstall(first: Plan, machine: Host): Promise<Applied> {
  const { manager, context, holds } = first;
  const before = await installedPackages(manager, context);
  const plan = await lookAgain(first, machine, before);
  const { targets } = plan;
  const refusal = targets.length === 0 ? undefined : await installTargets(plan, machine, before);
  if (refusal !== undefined) return { comment: refusal, changes: {}, failed: true };
  await reinstallAltered(plan, machine);
  for (const held of [true, false]) {
    const names = holds.filter(({ now }) => (now === 'hold') === held).map(({ name }) => name);
    if (names.length > 0) await manager.hold(machine, names, held);
  }
  forgetInstalled(context.memory);
  const after = await installedPackages(manager, { ...context, host: machine });
  const again = [...plan.altered.keys()].map((name): [string, Plain] => {
    const version = after.packages.get(name)?.version ?? '';
    return [name, { old: before.packages.get(name)?.version ?? '', new: version }];
  });
  const changes = { ...holdChanges(holds), ...Object.fromEntries(again), ...packageChanges(before, after) };
  const verification = readVerifyWish(first.request.pkg_verify);
  const wishes = [...plan.altered.keys()].map((name) => ({ name, version: undefined }));
  const left = verification === undefined ? new Map<string, never>() : await findAltered(machine, wishes, verification);
  return summarize(plan, { after, changes, left });
}

async function reinstallAltered({ altered, manager, request, context }: Plan, machine: Host): Promise<void> {
  if (altered.size === 0) return;
  const targets = [...altered.keys()].map((name) => ({ name }));
  await manager.install(machine, targets, {
    fromRepository: request.fromrepo,
    skipVerify: request.skip_verify,
    reinstall: true,
    changeHeld: request.update_holds,
    signal: context.signal,
  });
}

async function installTargets(plan: Plan, machine: Host, before: PackageDatabase): Promise<string | undefined> {
  const { request, manager, context, targets, files } = plan;
  if (request.debconf !== undefined) await preseed(machine, request.debconf, context);
  if (files.length === 0) await refreshLists(manager, machine, refreshOf(request, context));
  const unknown = files.length > 0 || request.skip_suggestions ? [] : await findUnknown(manager, machine, targets);
  if (unknown.length > 0) return unknown.join('\n');
  const chosen = files.length > 0 ? files : await chooseVersions(manager, machine, targets);
  if (typeof chosen === 'string') return chosen;
  const isOlder = ({ name, version }: InstallTarget): boolean => {
    const current = before.packages.get(name)?.version;
    return version !== undefined && current !== undefined && manager.compareVersions(version, current) < 0;
  };
  await manager.install(machine, chosen, {
    fromRepository: request.fromrepo,
    skipVerify: request.skip_verify,
    reinstall: request.reinstall,
    allowDowngrade: chosen.some(isOlder),
    changeHeld: request.update_holds,
    recommends: request.install_recommends,
    onlyUpgrade: request.only_upgrade,
    configuration: request.force_conf_new ? 'new' : 'old',
    signal: context.signal,
  });
  return undefined;
}

function summarize(
  { request, manager, targets, met, holds, altered }: Plan,
  {
    after,
    changes,
    left,
  }: { readonly after: PackageDatabase; readonly changes: Changes; readonly left: AlteredPackages },
): Applied {
  const fits = ({ name, version }: PackageWish): boolean => {
    const found = after.packages.get(name);
    if (found === undefined || found.isConfigOnly) return after.provided.has(name);
    return versionFits(found.version, version, { compare: manager.compareVersions, rules: rulesOf(request) });
  };
  const done = targets.filter(fits);
  const failed = targets.filter((target) => !fits(target));
  const show = (wishes: readonly PackageWish[]): string =>
    wishes.map(({ name, version }) => showWish(name, version)).join(', ');
  const comment = [
    ...(failed.length === 0 ? [] : [`The following packages failed to install/update: ${show(failed)}`]),
    ...(done.length === 0 ? [] : [describeDone(show(done), done.length)]),
    ...describeHolds(holds, 'done'),
    ...(met.length === 0 ? [] : [`The following packages were already installed: ${show(met)}`]),
    ...describeReinstalled(altered, left),
  ].join('\n');
  return { comment, changes, failed: failed.length + left.size > 0 };
}

function describeDone(summary: string, count: number): string {
  if (summary.length < 20) return `The following packages were installed/updated: ${summary}`;
  return `${count} targeted package${count > 1 ? 's were' : ' was'} installed/updated.`;
}
