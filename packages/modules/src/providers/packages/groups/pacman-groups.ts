import type { ReadHost } from '../../../kit/index.ts';
import { unknownGroup, type PackageGroup } from './package-group.ts';

async function readPairs(host: ReadHost, args: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { stdout } = await host.inspect({
    command: ['pacman', ...args],
    timeout: 120_000,
    environment: { LC_ALL: 'C' },
  });
  const groups = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const [group, name] = line.trim().split(/\s+/);
    if (group !== undefined && name !== undefined) groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

/** All groups pacman knows, by how far they are installed. */
export async function pacmanGroupList(host: ReadHost): Promise<Record<string, string[]>> {
  const available = await readPairs(host, ['-Sgg']);
  const installed = await readPairs(host, ['-Qg']);
  const known = [...installed].filter(([group]) => available.has(group));
  const isWhole = ([group, names]: readonly [string, readonly string[]]): boolean =>
    names.length === available.get(group)?.length;
  const names = (groups: readonly (readonly [string, readonly string[]])[]): string[] =>
    groups.map(([group]) => group).toSorted();
  return {
    installed: names(known.filter(isWhole)),
    partially_installed: names(known.filter((group) => !isWhole(group))),
    available: names([...available].filter(([group]) => !installed.has(group))),
  };
}

/** What pacman tells of a group: everything in it is there by default. */
export async function pacmanGroupInfo(host: ReadHost, group: string): Promise<PackageGroup> {
  const found = (await readPairs(host, ['-Sgg', '--', group])).get(group);
  if (found === undefined) throw unknownGroup(group);
  return { facts: {}, members: { mandatory: [], optional: [], default: found.toSorted(), conditional: [] } };
}
