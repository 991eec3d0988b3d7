import { matchGlob } from '@brine/common';
import type { ReadHost } from '../../kit/host.ts';

/** The paths a shell pattern stands for, sorted; a leading dot has to be written, and `**` is an ordinary `*`. */
export async function globPaths(host: ReadHost, pattern: string): Promise<readonly string[]> {
  const parts = pattern.split('/').filter((part) => part !== '');
  let found: readonly string[] = [pattern.startsWith('/') ? '/' : '.'];
  for (const part of parts) {
    found = (await Promise.all(found.map((folder) => matchPart(host, folder, part)))).flat();
  }
  return found.toSorted();
}

async function matchPart(host: ReadHost, folder: string, part: string): Promise<readonly string[]> {
  const prefix = folder === '/' ? '/' : `${folder}/`;
  if (!/[*?[]/.test(part)) {
    return (await host.files.stat(prefix + part)) === undefined ? [] : [prefix + part];
  }
  const isFolder = (await host.files.stat(folder, { follow: true }))?.kind === 'directory';
  const names = isFolder ? ((await host.files.list(folder)) ?? []) : [];
  return names
    .filter((name) => matchGlob(part, name) && (!name.startsWith('.') || part.startsWith('.')))
    .map((name) => prefix + name);
}
