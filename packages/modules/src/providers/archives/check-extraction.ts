import { isAppError, type Applied, type CheckOutcome, type Plain, type Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';
import { findSource } from '../files/find-source.ts';
import { makeParents } from '../files/make-parents.ts';
import { ownershipChanges, toAttributes } from '../files/ownership.ts';
import { isDirectory } from '../files/paths.ts';
import { walkTree } from '../files/walk-tree.ts';
import { formatOf, listArchive, memberPaths, topMembers, unpackCommand, type Archive } from './archive-tools.ts';

/** `archive.extracted` as an SLS file describes it. */
export interface ExtractRequest {
  readonly name: string;
  readonly source: Value;
  readonly source_hash: string | undefined;
  readonly source_hash_name: string | undefined;
  readonly source_hash_update: boolean;
  readonly skip_verify: boolean;
  readonly archive_format: 'tar' | 'zip' | undefined;
  readonly options: string;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly if_missing: string | undefined;
  readonly overwrite: boolean;
  readonly clean: boolean;
  readonly clean_parent: boolean;
  readonly enforce_toplevel: boolean;
  readonly enforce_ownership_on: string | undefined;
}

interface Plan {
  readonly request: ExtractRequest;
  readonly archive: Archive;
  readonly url: string;
  readonly tops: readonly string[];
  readonly unpacks: boolean;
  readonly marker: string;
  readonly context: StateContext;
}

/** Compares a directory with having an archive's members. */
export async function checkExtraction(request: ExtractRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const { name, if_missing: ifMissing } = request;
  if (ifMissing !== undefined && (await host.files.stat(ifMissing)) !== undefined)
    return isOk(`Path ${ifMissing} exists`);
  const { source, source_hash: sourceHash, source_hash_name: hashName, skip_verify: skipVerify } = request;
  const found = await findSource({ source, sourceHash, hashName, skipVerify, target: name }, context);
  if (typeof found === 'string') return fails(found);
  const format = request.archive_format ?? formatOf(found.url);
  const archive = { path: found.path, format, options: request.options };
  const members = await tryList(host, archive);
  if (typeof members === 'string') return fails(members);
  const tops = topMembers(members, request.options);
  if (request.enforce_toplevel && tops.length > 1)
    return fails(
      `Archive does not have a single top-level directory. To allow this archive to be extracted, set 'enforce_toplevel' to False. Top-level: ${tops.join(', ')}`,
    );
  const marker = `${name}/.${hashSlug(sourceHash)}.brine-extracted`;
  const isNewHash = request.source_hash_update && (await host.files.stat(marker)) === undefined;
  const missing = await findMissing(host, name, memberPaths(members, request.options));
  const unpacks = missing.length > 0 || request.overwrite || isNewHash;
  const plan = { request, archive, url: found.url, tops, unpacks, marker, context };
  if (unpacks) return willUnpack(plan);
  return checkOwners(plan);
}

function hashSlug(hash: string | undefined): string {
  return (hash ?? '').replace(/[^0-9a-zA-Z]/g, '').slice(-32);
}

async function tryList(host: ReadHost, archive: Archive): Promise<readonly string[] | string> {
  try {
    return await listArchive(host, archive);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}

async function findMissing(host: ReadHost, directory: string, paths: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const path of paths) if ((await host.files.stat(`${directory}/${path}`)) === undefined) missing.push(path);
  return missing;
}

function willUnpack(plan: Plan): CheckOutcome<Host> {
  const { name } = plan.request;
  const changes = changesOf(plan);
  const comment = `Archive ${plan.url} would be extracted to ${name}`;
  return willChange({ comment, changes }, (machine) =>
    attempt(`Failed to extract ${plan.url} to ${name}`, () => unpack(plan, machine)),
  );
}

function changesOf({ request, tops }: Plan): Record<string, Plain> {
  return {
    ...(request.clean || request.clean_parent ? { removed: [`Directory ${request.name} was cleaned`] } : {}),
    extracted_files: tops,
  };
}

async function unpack(plan: Plan, machine: Host): Promise<Applied> {
  const { request, archive, tops, marker, context } = plan;
  const { name } = request;
  await toAttributes(machine, request);
  if (request.clean_parent && (await isDirectory(machine, name))) await machine.files.remove(name, { recursive: true });
  else if (request.clean)
    for (const top of tops)
      if ((await machine.files.stat(`${name}/${top}`)) !== undefined)
        await machine.files.remove(`${name}/${top}`, { recursive: true });
  if (!(await isDirectory(machine, name)))
    await makeParents(machine, `${name}/.`, { user: request.user, group: request.group });
  await runTool(machine, unpackCommand(archive, name), { signal: context.signal, timeout: 3_600_000 });
  if (request.source_hash_update) await machine.files.write(marker, new Uint8Array());
  await setOwners(plan, machine);
  return { comment: `${plan.url} extracted to ${name}/`, changes: changesOf(plan) };
}

function ownedPaths({ request, tops }: Plan): readonly string[] {
  return request.enforce_ownership_on === undefined
    ? tops.map((top) => `${request.name}/${top}`)
    : [request.enforce_ownership_on];
}

async function checkOwners(plan: Plan): Promise<CheckOutcome<Host>> {
  const { request, context } = plan;
  const wrong: string[] = [];
  for (const path of ownedPaths(plan)) {
    const stat = await context.host.files.stat(path);
    const wanted = { user: request.user, group: request.group };
    if (stat !== undefined && Object.keys(await ownershipChanges(context.host, stat, wanted)).length > 0)
      wrong.push(path);
  }
  if (wrong.length === 0) return isOk('All files in archive are already present');
  const changes = { updated_ownership: wrong };
  return willChange({ comment: `Ownership would be updated on ${wrong.join(', ')}`, changes }, (machine) =>
    attempt('', async () => {
      await setOwners(plan, machine);
      return { comment: `Ownership was updated on ${wrong.join(', ')}`, changes };
    }),
  );
}

async function setOwners(plan: Plan, machine: Host): Promise<void> {
  const { user, group } = plan.request;
  if (user === undefined && group === undefined) return;
  const attributes = await toAttributes(machine, { user, group });
  for (const path of ownedPaths(plan)) {
    await machine.files.setAttributes(path, attributes);
    for (const entry of await walkTree(machine, path)) await machine.files.setAttributes(entry.path, attributes);
  }
}
