import fs from 'node:fs';
import path from 'node:path';

/** Room on a disk that is kept for what must be written also when the disk is full. */
export interface SpaceReserve {
  /**
   * Whether there is room for something new. Takes the reserve back by itself as soon as there is room for it; while it is
   * given away there is none, for what is free then is what it was.
   */
  hasRoom(): boolean;
  /** Gives the reserved room away; `false` when it was given away before. */
  release(): boolean;
}

/** How much is kept. */
export interface SpaceReserveOptions {
  /** The file that holds the room. */
  readonly file: string;
  readonly bytes: number;
  /** Bytes that must be free beside it for something new. */
  readonly margin: number;
}

/** Opens the reserve, filling it if the disk has room. Never throws for a full disk. */
export function openSpaceReserve(options: SpaceReserveOptions): SpaceReserve {
  const folder = path.dirname(options.file);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  let isHeld = sizeOf(options.file) >= options.bytes || fill(options);

  function hasRoom(): boolean {
    const { bavail, bsize } = fs.statfsSync(folder);
    const free = bavail * bsize;
    if (!isHeld && free >= options.margin + options.bytes) isHeld = fill(options);
    return isHeld && free >= options.margin;
  }

  return {
    hasRoom,
    release: () => {
      if (!isHeld) return false;
      isHeld = false;
      fs.truncateSync(options.file, 0);
      return true;
    },
  };
}

/** Whether an error says that a disk, or a quota on it, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL';
}

function sizeOf(file: string): number {
  try {
    return fs.statSync(file).size;
  } catch {
    return 0;
  }
}

/** Writes the room, as a file with holes would reserve nothing. */
function fill({ file, bytes }: SpaceReserveOptions): boolean {
  const handle = fs.openSync(file, 'w', 0o600);
  try {
    const block = Buffer.alloc(65_536);
    for (let written = 0; written < bytes; written += block.length)
      fs.writeSync(handle, block, 0, Math.min(block.length, bytes - written));
    fs.fsyncSync(handle);
    return true;
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    fs.ftruncateSync(handle, 0);
    return false;
  } finally {
    fs.closeSync(handle);
  }
}
