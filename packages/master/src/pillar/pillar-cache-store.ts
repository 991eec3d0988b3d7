import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSeal } from '@brine/bus';
import type { MinionId } from '@brine/common';

/** Where compiled pillars are kept, each under a key of its minion. */
export interface PillarCacheStore {
  read(minion: MinionId, key: string): Promise<Uint8Array | undefined>;
  write(minion: MinionId, key: string, entry: Uint8Array): Promise<void>;
  keys(minion: MinionId): Promise<readonly string[]>;
  remove(minion: MinionId, key: string): Promise<void>;
  clear(minion: MinionId): Promise<void>;
}

/** Keeps them in this process: gone with it. */
export function createMemoryPillarCache(): PillarCacheStore {
  const kept = new Map<MinionId, Map<string, Uint8Array>>();
  return {
    read: async (minion, key) => kept.get(minion)?.get(key),
    async write(minion, key, entry) {
      const own = kept.get(minion) ?? new Map<string, Uint8Array>();
      kept.set(minion, own.set(key, entry));
    },
    keys: async (minion) => [...(kept.get(minion)?.keys() ?? [])],
    remove: async (minion, key) => void kept.get(minion)?.delete(key),
    clear: async (minion) => void kept.delete(minion),
  };
}

/** Keeps them as files `FOLDER/MINION/KEY`, sealed for their place. What does not open is not there. */
export function openDiskPillarCache(folder: string, seal: DataSeal): PillarCacheStore {
  const placeOf = (minion: MinionId, key: string): string => `pillar_cache ${minion} ${key}`;
  return {
    async read(minion, key) {
      const sealed = await readFile(join(folder, minion, key)).catch(() => undefined);
      return sealed === undefined ? undefined : seal.open(sealed, placeOf(minion, key));
    },
    async write(minion, key, entry) {
      const path = join(folder, minion, key);
      await mkdir(join(folder, minion), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, seal.seal(entry, placeOf(minion, key)), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    async keys(minion) {
      const names = await readdir(join(folder, minion)).catch(() => []);
      return names.filter((name) => !name.endsWith('.new'));
    },
    remove: async (minion, key) => rm(join(folder, minion, key), { force: true }),
    clear: async (minion) => rm(join(folder, minion), { recursive: true, force: true }),
  };
}
