import { statSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { decodeMessage, encodeMessage } from '@brine/common';
import type { PauseMark, PauseStore } from '@brine/sls';

/** Marks of state runs in `directory`: one file a run, named for its jid. */
export function createPauseStore(directory: string): PauseStore {
  const fileOf = (jid: string): string => path.join(directory, jid);
  return {
    read: async (jid) => {
      // Asked before every step, and there is hardly ever one.
      if (statSync(fileOf(jid), { throwIfNoEntry: false }) === undefined) return new Map();
      return new Map(decodeMessage(await fs.readFile(fileOf(jid))) as readonly (readonly [string, PauseMark])[]);
    },
    write: async (jid, marks) => {
      if (marks.size === 0) {
        await fs.rm(fileOf(jid), { force: true });
        return;
      }
      const { replaceFile } = await import('@brine/daemon');
      await replaceFile(fileOf(jid), encodeMessage([...marks]), 0o600);
    },
    list: async () => {
      if (statSync(directory, { throwIfNoEntry: false }) === undefined) return [];
      return (await fs.readdir(directory)).filter((name) => /^\d{20}$/.test(name)).toSorted();
    },
  };
}
