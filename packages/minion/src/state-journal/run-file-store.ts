import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import { frameRecord, readRecords } from '../store/record-frame.ts';

/** The journal of one run, being written. */
export interface RunFile {
  readonly name: string;
  /** Hands the record to the kernel: it survives this process, though not a power cut. */
  write(record: Uint8Array): void;
  /** Resolves when everything written would survive a power cut. */
  flush(): Promise<void>;
  /** Puts one record in place of the whole file, all or nothing, and ends writing. */
  replace(record: Uint8Array): Promise<void>;
  /** Removes the file, and ends writing. */
  remove(): Promise<void>;
}

/** The journals of a folder: one file a run, named for its jid. */
export interface RunFileStore {
  /** Creates the file of a run with its first record, which is durable when this resolves if `isDurable`. */
  create(jid: string, first: Uint8Array, isDurable: boolean): Promise<RunFile>;
  list(): Promise<readonly string[]>;
  /** The intact records of a file; none of one that is gone. */
  read(name: string): Promise<readonly Uint8Array[]>;
  remove(name: string): Promise<void>;
}

/** The folder of journals below the minion's cache. */
export const stateJournalFolder = 'state-journal';

const ending = '.run';

/** Journals in `directory`, which comes to be with the first of them. */
export function createRunFileStore(directory: string): RunFileStore {
  return {
    create: (jid, first, isDurable) => createRunFile(directory, { jid, first, isDurable }),
    list: async () => (await listFolder(directory)).filter((name) => name.endsWith(ending)).toSorted(),
    read: async (name) => readRecords(await readWhole(path.join(directory, name))).records,
    remove: (name) => fsp.rm(path.join(directory, name), { force: true }),
  };
}

interface NewRunFile {
  readonly jid: string;
  readonly first: Uint8Array;
  readonly isDurable: boolean;
}

async function createRunFile(directory: string, { jid, first, isDurable }: NewRunFile): Promise<RunFile> {
  await fsp.mkdir(directory, { recursive: true, mode: 0o700 });
  const name = `${jid}-${randomBytes(6).toString('hex')}${ending}`;
  const file = path.join(directory, name);
  // A file that another run can see says from the start whose it is.
  const handle = await fsp.open(`${file}.new`, 'wx', 0o600);
  let isNamed = false;
  const flush = async (): Promise<void> => {
    await handle.datasync();
    if (!isNamed) await syncFolder(directory);
    isNamed = true;
  };
  fs.writeSync(handle.fd, frameRecord(first));
  if (isDurable) await handle.datasync();
  await fsp.rename(`${file}.new`, file);
  if (isDurable) await flush();
  return {
    name,
    write: (record) => void fs.writeSync(handle.fd, frameRecord(record)),
    flush,
    replace: async (record) => {
      await handle.close();
      const { replaceFile } = await import('@brine/daemon');
      await replaceFile(file, frameRecord(record), 0o600);
    },
    remove: async () => {
      await handle.close();
      await fsp.rm(file, { force: true });
    },
  };
}

async function syncFolder(directory: string): Promise<void> {
  const folder = await fsp.open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function listFolder(directory: string): Promise<readonly string[]> {
  try {
    return await fsp.readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readWhole(file: string): Promise<Buffer> {
  try {
    return await fsp.readFile(file);
  } catch (error) {
    // Another run took it over between listing and reading.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
