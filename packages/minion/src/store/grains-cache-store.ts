import { readFileSync, renameSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeValue, encodeValue, isDict, type Dict } from '@brine/common';

/** Grains on disk (`grains_cache`), for calls that come shortly after another. */
export interface GrainsCache {
  /** What is there and not older than so many milliseconds. */
  read(age: number): Dict | undefined;
  write(grains: Dict): void;
}

/** Opens the cache in a `cachedir`. */
export function openGrainsCache(cacheDirectory: string, now: () => number): GrainsCache {
  const file = join(cacheDirectory, 'grains.cache');
  return {
    read(age) {
      try {
        const passed = now() - statSync(file).mtimeMs;
        // A clock that was put back would keep them for ever.
        if (passed > age || passed < -1000) return undefined;
        const value = decodeValue(readFileSync(file));
        return isDict(value) ? value : undefined;
      } catch {
        return undefined;
      }
    },
    write(grains) {
      mkdirSync(cacheDirectory, { recursive: true });
      writeFileSync(`${file}.new`, encodeValue(grains), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
