import fs from 'node:fs/promises';
import path from 'node:path';
import { createSealer } from '@brine/bus';
import { decodeMessage, encodeMessage, noFailpoints, type Failpoints } from '@brine/common';
import { openIdentity, replaceFile, syncFolder } from '@brine/daemon';

/** What a run was told by its master. */
export interface SealedSnapshot {
  /** Question → answer, as they crossed the bus. */
  readonly answers: ReadonlyMap<string, Uint8Array>;
  /** `encodeValue` of the options the run had. */
  readonly options: Uint8Array;
}

/** The last tree and pillar that a run went well with, sealed with the key of this minion. */
export interface SealedFiles {
  /** `undefined` when there is none, or it cannot be opened. */
  load(): Promise<SealedSnapshot | undefined>;
  /** Replaces the snapshot; `used` are the files of the tree, by their SHA-256. */
  save(snapshot: SealedSnapshot, used: ReadonlyMap<string, string>): Promise<void>;
  /** A file of the tree, by its SHA-256. */
  find(sha256: string): Promise<string | undefined>;
}

/** The sealed tree below `cacheDirectory`; the key of the minion is read when it is needed. */
export function openSealedFiles(
  cacheDirectory: string,
  pkiDirectory: string,
  failpoints: Failpoints = noFailpoints,
): SealedFiles {
  const folder = path.join(cacheDirectory, 'sealed');
  const snapshotFile = path.join(folder, 'snapshot');
  const contents = path.join(folder, 'files');
  const sealer = async () => createSealer(await openIdentity(pkiDirectory, 'minion'), 'tree');
  return {
    load: async () => {
      const sealed = await fs.readFile(snapshotFile).catch(() => undefined);
      const plain = sealed === undefined ? undefined : (await sealer()).open(sealed);
      if (plain === undefined) return undefined;
      const { answers, options } = decodeMessage(plain) as {
        readonly answers: readonly (readonly [string, Uint8Array])[];
        readonly options: Uint8Array;
      };
      return { answers: new Map(answers), options };
    },
    save: async ({ answers, options }, used) => {
      await fs.mkdir(contents, { recursive: true, mode: 0o700 });
      for (const [sha256, place] of used) await keepFile(path.join(contents, sha256), place);
      await syncFolder(contents);
      await failpoints.reach('sealed.kept');
      const plain = encodeMessage({ answers: [...answers], options });
      await replaceFile(snapshotFile, (await sealer()).seal(plain), 0o600);
      await failpoints.reach('sealed.replaced');
      for (const name of await fs.readdir(contents)) if (!used.has(name)) await fs.rm(path.join(contents, name));
    },
    find: async (sha256) => {
      const place = path.join(contents, sha256);
      return (await fs.stat(place).catch(() => undefined)) === undefined ? undefined : place;
    },
  };
}

/** The cache replaces files by renaming, so that a second name keeps what the first one had. */
async function keepFile(place: string, source: string): Promise<void> {
  try {
    await fs.link(source, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EXDEV' || code === 'EPERM' || code === 'EMLINK') await fs.copyFile(source, place);
    else if (code !== 'EEXIST') throw error;
  }
}
