import type { Host, ReadHost } from '../../kit/index.ts';
import { ownershipChanges, toAttributes } from '../files/ownership.ts';
import { isDirectory } from '../files/paths.ts';
import { walkTree } from '../files/walk-tree.ts';
import type { ArchiveLayout } from './archive-layout.ts';
import type { ExtractRequest } from './extract-request.ts';

type OwnerWish = Pick<ExtractRequest, 'name' | 'user' | 'group' | 'enforce_ownership_on'>;

/** The paths whose owner or group is not the one asked for. */
export async function findWrongOwners(
  host: ReadHost,
  request: OwnerWish,
  layout: ArchiveLayout,
): Promise<readonly string[]> {
  const { user, group } = request;
  if (user === undefined && group === undefined) return [];
  const wrong: string[] = [];
  for (const path of await ownedPaths(host, request, layout)) {
    const stat = await host.files.stat(path);
    if (stat !== undefined && Object.keys(await ownershipChanges(host, stat, { user, group })).length > 0)
      wrong.push(path);
  }
  return wrong;
}

/** Gives everything its owner and group; answers whether anything had another. */
export async function setOwners(machine: Host, request: OwnerWish, layout: ArchiveLayout): Promise<boolean> {
  const { user, group } = request;
  if (user === undefined && group === undefined) return false;
  const attributes = await toAttributes(machine, { user, group });
  const wrong = await findWrongOwners(machine, request, layout);
  for (const path of wrong) await machine.files.setAttributes(path, attributes);
  return wrong.length > 0;
}

async function ownedPaths(
  host: ReadHost,
  { name, enforce_ownership_on: only }: OwnerWish,
  layout: ArchiveLayout,
): Promise<readonly string[]> {
  const tops =
    only === undefined
      ? [...layout.topDirectories, ...layout.topFiles, ...layout.topLinks].map((top) => `${name}/${top}`)
      : [only];
  const paths: string[] = [];
  for (const top of tops.map((one) => one.replace(/\/(\.\/)?$/, ''))) {
    paths.push(top);
    const stat = await host.files.stat(top);
    if (stat?.kind !== 'symlink' && (await isDirectory(host, top)))
      paths.push(...(await walkTree(host, top)).map(({ path }) => path));
  }
  return paths;
}
