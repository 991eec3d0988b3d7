import {
  isAppError,
  pythonStr,
  toValue,
  type Applied,
  type Changes,
  type CheckOutcome,
  type Plain,
} from '@brine/common';
import {
  fails,
  isOk,
  willChange,
  type FileStat,
  type Host,
  type ReadHost,
  type StateContext,
} from '../../kit/index.ts';
import { findUnmanaged, pathsOfRequired, topmost } from './clean-directory.ts';
import { makeParents } from './make-parents.ts';
import { ownershipChanges, toAttributes, type Ownership } from './ownership.ts';
import { isDirectory, parentOf } from './paths.ts';
import { walkTree, type TreeEntry } from './walk-tree.ts';

/** A directory as a state describes it. */
export interface DirectoryRequest {
  readonly name: string;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly directoryMode: number | undefined;
  readonly fileMode: number | undefined;
  readonly recurse: ReadonlySet<string>;
  readonly max_depth: number | undefined;
  readonly makedirs: boolean;
  readonly clean: boolean;
  readonly exclude_pat: readonly string[] | undefined;
  readonly follow_symlinks: boolean;
  readonly force: boolean;
  readonly backupname: string | undefined;
  readonly allow_symlink: boolean;
  readonly children_only: boolean;
}

interface Correction {
  readonly path: string;
  readonly changes: Readonly<Record<string, Plain>>;
  readonly ownership: Ownership;
}

interface Plan {
  readonly request: DirectoryRequest;
  readonly inTheWay: FileStat | undefined;
  readonly isNew: boolean;
  readonly corrections: readonly Correction[];
  readonly unmanaged: readonly string[];
  readonly context: StateContext;
}

/** Compares a directory with what is asked of it, and says in Salt's words what is or will be done. */
export async function checkDirectory(request: DirectoryRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const { name } = request;
  const inTheWay = await findObstacle(request, host);
  const refusal = inTheWay === undefined ? undefined : await refuseObstacle(request, inTheWay, host);
  if (refusal !== undefined) return fails(refusal);
  const isNew = inTheWay !== undefined || !(await isDirectory(host, name));
  const corrections = isNew ? [] : await findCorrections(request, host);
  const keep = pathsOfRequired(context.requiredSteps);
  const cleaning = { directory: name, keep, excludePattern: request.exclude_pat };
  const unmanaged = request.clean && !isNew ? await findUnmanaged(host, cleaning) : [];
  const plan = { request, inTheWay, isNew, corrections, unmanaged, context };
  const entries = pendingEntries(plan);
  if (entries.length === 0) return isOk(`The directory ${name} is in the correct state`);
  const comment = ['The following files will be changed:\n', ...entries.flatMap(describeEntry)].join('');
  const changes = { ...forcedChange(plan, 'would be'), ...Object.fromEntries(entries) };
  return willChange({ comment, changes }, (machine) => applyPlan(plan, machine));
}

async function findObstacle(request: DirectoryRequest, host: ReadHost): Promise<FileStat | undefined> {
  const stat = await host.files.stat(request.name);
  if (stat === undefined || stat.kind === 'directory') return undefined;
  const isAllowedLink = stat.kind === 'symlink' && request.allow_symlink && !request.force;
  return isAllowedLink && (await isDirectory(host, request.name)) ? undefined : stat;
}

async function refuseObstacle(request: DirectoryRequest, stat: FileStat, host: ReadHost): Promise<string | undefined> {
  const { name, backupname, force } = request;
  if (force) return undefined;
  if (backupname !== undefined) {
    const isTaken = (await host.files.stat(backupname)) !== undefined;
    return isTaken ? `File exists where the backup target ${backupname} should go` : undefined;
  }
  return `Specified location ${name} exists and is a ${stat.kind === 'symlink' ? 'symlink' : 'file'}`;
}

async function findCorrections(request: DirectoryRequest, host: ReadHost): Promise<readonly Correction[]> {
  const { name, user, group, directoryMode: mode } = request;
  const below = request.recurse.size === 0 ? [] : await walkTree(host, name, request.max_depth);
  const wanted = below.flatMap((entry) => ownershipBelow(request, entry));
  if (!request.children_only) wanted.push({ path: name, ownership: { user, group, mode } });
  const corrections: Correction[] = [];
  for (const { path, ownership } of wanted) {
    const stat = await host.files.stat(path, { follow: request.follow_symlinks });
    const changes = stat === undefined ? {} : await ownershipChanges(host, stat, ownership);
    if (Object.keys(changes).length > 0) corrections.push({ path, changes, ownership });
  }
  return corrections;
}

function ownershipBelow(
  { recurse, user, group, directoryMode, fileMode }: DirectoryRequest,
  { path, isDirectory: isFolder }: TreeEntry,
): readonly { readonly path: string; readonly ownership: Ownership }[] {
  if (recurse.has(isFolder ? 'ignore_dirs' : 'ignore_files')) return [];
  const ownership = {
    user: recurse.has('user') ? user : undefined,
    group: recurse.has('group') ? group : undefined,
    mode: recurse.has('mode') ? (isFolder ? directoryMode : fileMode) : undefined,
  };
  return [{ path, ownership }];
}

type Entry = readonly [path: string, changes: Readonly<Record<string, Plain>>];

function pendingEntries({ request, isNew, corrections, unmanaged }: Plan): readonly Entry[] {
  const corrected = corrections.map(({ path, changes }): Entry => [path, changes]);
  const removed = unmanaged.map((path): Entry => [path, { removed: 'Removed due to clean' }]);
  return [...corrected, ...removed, ...(isNew ? [[request.name, { directory: 'new' }] as const] : [])];
}

function describeEntry([path, changes]: Entry): readonly string[] {
  return Object.entries(changes).map(([key, value]) => `${path}: ${key} - ${pythonStr(toValue(value))}\n`);
}

function forcedChange({ request, inTheWay }: Plan, tense: 'would be' | 'was'): Changes {
  if (inTheWay === undefined || !request.force || request.backupname !== undefined) return {};
  const kind = inTheWay.kind === 'symlink' ? 'Symlink' : 'File';
  return { forced: `${kind} ${tense} forcibly replaced` };
}

async function applyPlan(plan: Plan, machine: Host): Promise<Applied> {
  try {
    return await (plan.isNew ? makeNew(plan, machine) : correct(plan, machine));
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { comment: caught.message, changes: {}, failed: true };
  }
}

async function makeNew(plan: Plan, machine: Host): Promise<Applied> {
  const { request, inTheWay } = plan;
  const { name, user, group, directoryMode } = request;
  const ownership = { user, group, mode: directoryMode };
  const attributes = await toAttributes(machine, ownership);
  if (inTheWay !== undefined) await clearTheWay(request, machine);
  if (!(await isDirectory(machine, parentOf(name)))) {
    const changes = { [name]: { directory: 'new' } };
    if (!request.makedirs) return { comment: `No directory to create ${name} in`, changes, failed: true };
    await makeParents(machine, name, ownership);
  }
  await machine.files.makeDirectory(name, attributes);
  return { comment: '', changes: { ...forcedChange(plan, 'was'), [name]: { directory: 'new' } } };
}

async function clearTheWay({ name, backupname }: DirectoryRequest, machine: Host): Promise<void> {
  if (backupname === undefined) {
    await machine.files.remove(name);
    return;
  }
  if ((await machine.files.stat(backupname)) !== undefined) await machine.files.remove(backupname, { recursive: true });
  await machine.files.rename(name, backupname);
}

// Salt's return names each corrected path, and beside them, flat, what was set last; both are kept.
async function correct(plan: Plan, machine: Host): Promise<Applied> {
  const { request, corrections, unmanaged } = plan;
  const { name, follow_symlinks: follow } = request;
  for (const { path, ownership } of corrections)
    await machine.files.setAttributes(path, { ...(await toAttributes(machine, ownership)), follow });
  for (const path of topmost(unmanaged)) await machine.files.remove(path, { recursive: true });
  const flat: Changes = Object.fromEntries(corrections.flatMap(({ changes }) => Object.entries(changes)));
  const isSilent = request.recurse.has('silent');
  const changes = {
    ...(isSilent ? { recursion: 'Changes silenced' } : Object.fromEntries(pendingEntries(plan))),
    ...(isSilent ? {} : flat),
    ...(unmanaged.length === 0 ? {} : { removed: topmost(unmanaged) }),
  };
  if (unmanaged.length > 0) return { comment: `Files cleaned from directory ${name}`, changes };
  return { comment: `Directory ${name}${request.children_only ? '/*' : ''} updated`, changes };
}
