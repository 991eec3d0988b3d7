import fs from 'node:fs/promises';
import { createSealer } from '@brine/bus';
import { decodeMessage, encodeMessage } from '@brine/common';
import { openIdentity, replaceFile } from '@brine/daemon';
import type { ManagedFile } from '@brine/sls';

/** What is watched, and how it looked when it was right. */
export interface KeptWatch {
  readonly files: readonly ManagedFile[];
  /** Place → its looks as a run left them; a place that none did is not in here. */
  readonly settled: ReadonlyMap<string, string>;
}

/** Where it is kept, so that a restart does not forget what is watched. */
export interface WatchFile {
  /** `undefined` when there is none, or it cannot be opened. */
  load(): Promise<KeptWatch | undefined>;
  save(kept: KeptWatch): Promise<void>;
}

/** Opens the file, sealed with the key of this minion: nobody can have it take a changed file for right. */
export function openWatchFile(file: string, pkiDirectory: string): WatchFile {
  const sealer = async () => createSealer(await openIdentity(pkiDirectory, 'minion'), 'watch');
  return {
    load: async () => {
      const sealed = await fs.readFile(file).catch(() => undefined);
      const plain = sealed === undefined ? undefined : (await sealer()).open(sealed);
      if (plain === undefined) return undefined;
      const { files, settled } = decodeMessage(plain) as {
        readonly files: readonly ManagedFile[];
        readonly settled: readonly (readonly [string, string])[];
      };
      return { files, settled: new Map(settled) };
    },
    save: async ({ files, settled }) => {
      const plain = encodeMessage({ files: [...files], settled: [...settled] });
      await replaceFile(file, (await sealer()).seal(plain), 0o600);
    },
  };
}
