import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@brine/common';
import { z } from 'zod';

/** How far a salvage came. */
const SalvageProgress = z.object({
  /** Where the damaged file goes, or went. */
  quarantine: z.string(),
  problem: z.string(),
  /** What the new database holds; absent until that is whole, under its other name. */
  copied: z.object({ rows: z.record(z.string(), z.number()), incomplete: z.array(z.string()).readonly() }).optional(),
});
export type SalvageProgress = Readonly<z.infer<typeof SalvageProgress>>;

/** Says beside a database that it is being salvaged, or that nobody was told of it yet. */
export interface SalvageMark {
  /** Throws `store-unusable` when something else is in its file. */
  read(): SalvageProgress | undefined;
  /** Is durable when it returns. */
  write(progress: SalvageProgress): void;
  remove(): void;
}

/** The mark of the database at `path`. */
export function createSalvageMark(path: string): SalvageMark {
  const file = `${path}.salvage`;
  return {
    read: () => parse(file, readIfThere(file)),
    write(progress) {
      withSync(`${file}.new`, 'w', (handle) => writeSync(handle, JSON.stringify(progress)));
      renameSync(`${file}.new`, file);
      withSync(dirname(path), 'r', () => {});
    },
    remove() {
      rmSync(file, { force: true });
    },
  };
}

function parse(file: string, text: string | undefined): SalvageProgress | undefined {
  if (text === undefined) return undefined;
  try {
    return SalvageProgress.parse(JSON.parse(text));
  } catch (error) {
    const message = `${file} is not what a salvage wrote: move it away if the store beside it is the one to use`;
    throw new AppError({ code: 'store-unusable', message, cause: error });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function withSync(path: string, flags: 'r' | 'w', use: (handle: number) => void): void {
  const handle = openSync(path, flags, 0o600);
  try {
    use(handle);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
