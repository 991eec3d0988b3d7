import fs from 'node:fs/promises';
import path from 'node:path';
import { noFailpoints, type Failpoints } from '@brine/common';
import { isDiskFull, syncFolder, type SpaceReserve } from '@brine/daemon';
import { minionError } from '../errors.ts';
import { frameRecord, readRecords } from './record-frame.ts';

/** An append-only file of checksummed records. */
export interface RecordLog {
  /**
   * Resolves when the record is on the disk. Records appended meanwhile share one fsync. An essential one finds room in
   * the reserve when the disk is full.
   */
  append(record: Uint8Array, isEssential?: boolean): Promise<void>;
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

/** What opening a log can be given. */
export interface RecordLogOptions {
  readonly reserve?: SpaceReserve;
  readonly failpoints?: Failpoints;
}

/** Opens the log, reading what it has; a damaged record is put aside and its neighbours live. */
export async function openRecordLog(file: string, options: RecordLogOptions = {}): Promise<OpenedRecordLog> {
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const content = await readWhole(file);
    const { records, damaged } = readRecords(content);
    if (damaged.length > 0) await fs.appendFile(`${file}.damaged`, Buffer.concat(damaged), { mode: 0o600 });
    if (damaged.length > 0) await writeWhole(file, records);
    return {
      log: await openForAppending(file, options),
      records,
      damagedBytes: damaged.reduce((sum, part) => sum + part.length, 0),
    };
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** The file itself; one operation at a time. */
class LogFile {
  readonly #file: string;
  readonly #options: RecordLogOptions;
  readonly #failpoints: Failpoints;
  #handle: fs.FileHandle;
  #size: number;

  private constructor(file: string, options: RecordLogOptions, opened: { handle: fs.FileHandle; size: number }) {
    this.#file = file;
    this.#options = options;
    this.#failpoints = options.failpoints ?? noFailpoints;
    this.#handle = opened.handle;
    this.#size = opened.size;
  }

  static async open(file: string, options: RecordLogOptions): Promise<LogFile> {
    const handle = await fs.open(file, 'a', 0o600);
    // What is promised to be on the disk is in a file whose name is there too.
    await syncFolder(path.dirname(file));
    return new LogFile(file, options, { handle, size: (await handle.stat()).size });
  }

  async write(bytes: Buffer): Promise<void> {
    try {
      await this.#handle.appendFile(bytes);
      await this.#failpoints.reach('record-log.written');
      await this.#handle.datasync();
      this.#size += bytes.length;
      await this.#failpoints.reach('record-log.synced');
    } catch (error) {
      // Half a record would stand before the next one.
      await this.#handle.truncate(this.#size).catch(() => {});
      throw error;
    }
  }

  async writeEssential(bytes: Buffer): Promise<void> {
    try {
      await this.write(bytes);
    } catch (error) {
      if (!isDiskFull(error) || this.#options.reserve?.release() !== true) throw error;
      await this.write(bytes);
    }
  }

  async replace(records: readonly Uint8Array[]): Promise<void> {
    await writeWhole(this.#file, records, this.#failpoints);
    await this.close();
    this.#handle = await fs.open(this.#file, 'a', 0o600);
    this.#size = (await this.#handle.stat()).size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

interface Batch {
  readonly frames: Buffer[];
  readonly isEssential: boolean;
  readonly written: Promise<void>;
}

async function openForAppending(file: string, options: RecordLogOptions): Promise<RecordLog> {
  const log = await LogFile.open(file, options);
  let last: Promise<unknown> = Promise.resolve();
  let batch: Batch | undefined;

  function afterAllBefore(operation: () => Promise<void>): Promise<void> {
    const done = last.then(operation);
    last = done.catch(() => {});
    return done;
  }

  // Everything that comes up while the disk is busy goes into the next write together; what may use the reserve apart.
  function openBatch(isEssential: boolean): Batch {
    const frames: Buffer[] = [];
    const written = afterAllBefore(async () => {
      if (batch?.frames === frames) batch = undefined;
      try {
        const bytes = Buffer.concat(frames);
        await (isEssential ? log.writeEssential(bytes) : log.write(bytes));
      } catch (cause) {
        throw unwritable(file, cause);
      }
    });
    return { frames, isEssential, written };
  }

  return {
    append: (record, isEssential = false) => {
      if (batch?.isEssential !== isEssential) batch = openBatch(isEssential);
      batch.frames.push(frameRecord(record));
      return batch.written;
    },
    replace: (records) => {
      batch = undefined;
      return afterAllBefore(() => log.replace(records));
    },
    close: () => afterAllBefore(() => log.close()),
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

async function writeWhole(
  file: string,
  records: readonly Uint8Array[],
  failpoints: Failpoints = noFailpoints,
): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await fs.open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(Buffer.concat(records.map(frameRecord)));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await failpoints.reach('record-log.rewritten');
  await fs.rename(temporary, file);
  await failpoints.reach('record-log.replaced');
  await syncFolder(path.dirname(file));
}

function unwritable(file: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return minionError('journal-unwritable', `the job journal ${file} cannot be used: ${reason}`, { cause });
}
