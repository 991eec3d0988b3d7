import fs from 'node:fs/promises';
import { decodeValue, encodeValue, isDict } from '@brine/common';
import type { RequestStore } from '@brine/sls';

/** What `state.request` asks for, in one file. */
export function createStateRequestStore(file: string): RequestStore {
  return {
    read: async () => {
      try {
        const value = decodeValue(await fs.readFile(file));
        return isDict(value) ? value : new Map();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
        throw error;
      }
    },
    write: async (requests) => {
      if (requests.size === 0) {
        await fs.rm(file, { force: true });
        return;
      }
      const { replaceFile } = await import('@brine/daemon');
      await replaceFile(file, encodeValue(requests), 0o600);
    },
  };
}
