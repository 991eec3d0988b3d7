import type { Changes, Plain } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { formatTime } from '../../functions/format-time.ts';
import type { PackageManager } from './package-manager.ts';

/** A package file in the cache, under Salt's names. */
export type Download = Readonly<Record<string, string | number>>;

/** What the cache of a package manager has: name → version → file. */
export type Downloads = Readonly<Record<string, Readonly<Record<string, Download>>>>;

const caches: Readonly<
  Record<string, { readonly folder: string; readonly ending: string; readonly isLocal: boolean }>
> = {
  apt: { folder: '/var/cache/apt', ending: '.deb', isLocal: false },
  dnf: { folder: '/var/cache/dnf', ending: '.rpm', isLocal: true },
  yum: { folder: '/var/cache/yum', ending: '.rpm', isLocal: true },
  zypper: { folder: '/var/cache/zypp/packages', ending: '.rpm', isLocal: false },
};

const deepest = 8;

/** The packages in the cache of a package manager; `undefined` where Salt tells of none. `root` is another root folder. */
export async function readDownloads(
  manager: PackageManager,
  host: ReadHost,
  root = '',
): Promise<Downloads | undefined> {
  const cache = caches[manager.name];
  if (cache === undefined) return undefined;
  const found: Record<string, Record<string, Download>> = {};
  for (const path of await findFiles(host, `${root}${cache.folder}`, cache.ending)) {
    const described = await manager.describeFile(host, path);
    const stat = await host.files.stat(path);
    if (described === undefined || stat === undefined) continue;
    const seconds = Math.floor(stat.changedAt / 1000);
    const moment = new Date(seconds * 1000);
    (found[described.name] ??= {})[described.version] = {
      path,
      size: stat.size,
      creation_date_time_t: seconds,
      creation_date_time: cache.isLocal
        ? formatTime(moment, '%Y-%m-%dT%H:%M:%S')
        : moment.toISOString().replace(/\..*$/, ''),
    };
  }
  return found;
}

async function findFiles(host: ReadHost, folder: string, ending: string, depth = 0): Promise<readonly string[]> {
  const names = (await host.files.list(folder)) ?? [];
  const paths: string[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    const kind = (await host.files.stat(path))?.kind;
    if (kind === 'directory' && depth < deepest) paths.push(...(await findFiles(host, path, ending, depth + 1)));
    if (kind === 'file' && name.endsWith(ending)) paths.push(path);
  }
  return paths;
}

/** What came into the cache, or left it, between two looks. */
export function downloadChanges(before: Downloads, after: Downloads): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const rows = names.map((name): [string, { old: Plain; new: Plain }] => [
    name,
    { old: before[name] ?? '', new: after[name] ?? '' },
  ]);
  return Object.fromEntries(rows.filter(([, row]) => JSON.stringify(row.old) !== JSON.stringify(row.new)));
}
