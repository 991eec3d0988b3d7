import type { ReadHost } from '../../kit/index.ts';

const deepest = 4;

/** When the newest of some files below folders was written, in milliseconds since the epoch; `undefined` without any. */
export async function newestFile(
  host: ReadHost,
  folders: readonly string[],
  isMeant: (name: string) => boolean,
): Promise<number | undefined> {
  const times = (await Promise.all(folders.map((folder) => timesBelow(host, folder, { isMeant, depth: 0 })))).flat();
  return times.length === 0 ? undefined : Math.max(...times);
}

async function timesBelow(
  host: ReadHost,
  folder: string,
  search: { readonly isMeant: (name: string) => boolean; readonly depth: number },
): Promise<readonly number[]> {
  const names = (await host.files.list(folder).catch(() => undefined)) ?? [];
  const found = await Promise.all(
    names.map(async (name) => {
      const path = `${folder}/${name}`;
      const stat = await host.files.stat(path);
      if (stat?.kind === 'directory' && search.depth < deepest)
        return timesBelow(host, path, { ...search, depth: search.depth + 1 });
      return stat?.kind === 'file' && search.isMeant(name) ? [stat.modifiedAt] : [];
    }),
  );
  return found.flat();
}
