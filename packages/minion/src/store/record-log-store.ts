import fs from 'node:fs/promises';
import path from 'node:path';
import { minionError } from '../errors.ts';
import { frameRecord, readRecords } from './record-frame.ts';

/** An append-only file of checksummed records. */
export interface RecordLog {
  /** Resolves when the record is on the disk. Records appended meanwhile share one fsync. */
  append(record: Uint8Array): Promise<void>;
  /** Replaces the whole file, all or nothing: what was appended before is gone, what is appended after comes behind. */
  replace(records: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** What was in the file when it was opened. */
export interface OpenedRecordLog {
  readonly log: RecordLog;
  readonly records: readonly Uint8Array[];
  /** Bytes that belong to no intact record; they were copied to `FILE.damaged`. */
  readonly damagedBytes: number;
}

/** Opens the log, reading what it has; a damaged record is put aside and its neighbours live. */
export async function openRecordLog(file: string): Promise<OpenedRecordLog> {
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const content = await readWhole(file);
    const { records, damaged } = readRecords(content);
    if (damaged.length > 0) await fs.appendFile(`${file}.damaged`, Buffer.concat(damaged), { mode: 0o600 });
    if (damaged.length > 0) await writeWhole(file, records);
    return {
      log: await openForAppending(file),
      records,
      damagedBytes: damaged.reduce((sum, part) => sum + part.length, 0),
    };
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

async function openForAppending(file: string): Promise<RecordLog> {
  let handle = await fs.open(file, 'a', 0o600);
  let last: Promise<unknown> = Promise.resolve();
  let batch: { readonly frames: Buffer[]; readonly written: Promise<void> } | undefined;

  function afterAllBefore(operation: () => Promise<void>): Promise<void> {
    const done = last.then(operation);
    last = done.catch(() => {});
    return done;
  }

  // Everything that comes up while the disk is busy goes into the next write together.
  function openBatch(): NonNullable<typeof batch> {
    const frames: Buffer[] = [];
    const written = afterAllBefore(async () => {
      batch = undefined;
      try {
        await handle.appendFile(Buffer.concat(frames));
        await handle.datasync();
      } catch (cause) {
        throw unwritable(file, cause);
      }
    });
    return { frames, written };
  }

  return {
    append: (record) => {
      batch ??= openBatch();
      batch.frames.push(frameRecord(record));
      return batch.written;
    },
    replace: (records) => {
      batch = undefined;
      return afterAllBefore(async () => {
        await writeWhole(file, records);
        await handle.close();
        handle = await fs.open(file, 'a', 0o600);
      });
    },
    close: () => afterAllBefore(() => handle.close()),
  };
}

async function readWhole(file: string): Promise<Buffer> {
  try {
    return await fs.readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

async function writeWhole(file: string, records: readonly Uint8Array[]): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await fs.open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(Buffer.concat(records.map(frameRecord)));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(temporary, file);
  const folder = await fs.open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unwritable(file: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return minionError('journal-unwritable', `the job journal ${file} cannot be used: ${reason}`, { cause });
}
