import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { syncFolder } from '@brine/daemon';
import { AppError, noFailpoints, type Failpoints, type MinionId } from '@brine/common';

/** A piece of a file that a minion sends. */
export interface ReceivedPiece {
  /** Where the file belongs below the minion's folder; slashes between names, none at either end. */
  readonly path: string;
  /** Bytes that came before; 0 begins anew. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
  /** Hex, of the whole file. */
  readonly sha256: string;
}

/** Files that minions sent, each minion's in a folder of its own. */
export interface ReceivedFiles {
  /**
   * Takes a piece; the file appears under its name, whole, with the last one. Throws `file-recv-off`, `file-refused`,
   * `file-too-large`, `file-quota` and `file-out-of-order`.
   */
  receive(minion: MinionId, piece: ReceivedPiece): Promise<void>;
}

/** How much is taken. */
export interface ReceivedFilesOptions {
  readonly directory: string;
  /** Nothing is taken unless this is set (`file_recv`). */
  readonly isOn: boolean;
  /** Bytes of one file (`file_recv_max_size`). */
  readonly largestFile: number;
  /** Bytes of all files of one minion (`file_recv_quota`). */
  readonly quota: number;
  /** Where fault tests strike; nowhere unless given. */
  readonly failpoints?: Failpoints;
}

// Many empty files fill a disk too.
const leastFile = 4096;

/** Opens the store below `directory`: `MINION/files/PATH`, everything for the owner alone. */
export function createReceivedFiles(options: ReceivedFilesOptions): ReceivedFiles {
  const usage = new Map<MinionId, number>();
  const turns = new Map<MinionId, Promise<unknown>>();

  async function takePiece(minion: MinionId, piece: ReceivedPiece): Promise<void> {
    const { folder, place, part } = placesOf(join(options.directory, minion), piece);
    const used = usage.get(minion) ?? (await usedBelow(join(options.directory, minion)));
    usage.set(minion, used);
    const end = piece.offset + piece.bytes.length;
    if (piece.size > options.largestFile || end > piece.size) {
      throw refusal(
        'file-too-large',
        `${piece.path} is larger than ${options.largestFile} bytes, or than it was said to be`,
      );
    }
    if (used + Math.max(piece.bytes.length, leastFile) > options.quota) {
      throw refusal('file-quota', `the files of ${minion} have ${used} bytes; no more than ${options.quota} are kept`);
    }
    const growth = await appendPiece(part, piece);
    await (options.failpoints ?? noFailpoints).reach('received.appended');
    usage.set(minion, used + growth);
    if (end < piece.size) return;
    const before = await sizeOf(place);
    await requireContent(part, piece);
    await makeFolder(folder, place);
    await fs.rename(part, place);
    await syncFolder(dirname(place));
    usage.set(minion, used + growth - before);
  }

  return {
    async receive(minion, piece) {
      if (!options.isOn) throw refusal('file-recv-off', 'this master takes no files from minions (file_recv)');
      // Of two transfers to one place, one begins anew and the other is out of order: never a mixture.
      const turn = (turns.get(minion) ?? Promise.resolve()).then(async () => takePiece(minion, piece));
      const settled = turn.catch(() => {});
      turns.set(minion, settled);
      void settled.then(() => {
        if (turns.get(minion) === settled) turns.delete(minion);
      });
      return turn;
    },
  };
}

function placesOf(root: string, { path }: ReceivedPiece): { folder: string; place: string; part: string } {
  const names = path.split('/');
  const isProper = (name: string): boolean =>
    name !== '' && name !== '.' && name !== '..' && !name.includes('\0') && Buffer.byteLength(name) <= 255;
  if (!names.every(isProper)) throw refusal('file-refused', `${JSON.stringify(path)} is no path of a file`);
  const folder = join(root, 'files');
  return {
    folder,
    place: join(folder, ...names),
    part: join(root, 'incoming', createHash('sha256').update(path).digest('hex')),
  };
}

/** Answers by how much the part has grown. */
async function appendPiece(part: string, { path, offset, bytes }: ReceivedPiece): Promise<number> {
  await fs.mkdir(dirname(part), { recursive: true, mode: 0o700 });
  const fresh = offset === 0 ? constants.O_TRUNC : 0;
  const before = await sizeOf(part);
  if (offset > 0 && before !== offset) throw refusal('file-out-of-order', `another piece of ${path} was expected`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | fresh;
  const handle = await fs.open(part, flags, 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return offset + Math.max(bytes.length, offset === 0 ? leastFile : 0) - before;
}

async function requireContent(part: string, { path, sha256 }: ReceivedPiece): Promise<void> {
  const hash = createHash('sha256');
  const handle = await fs.open(part, constants.O_RDONLY | constants.O_NOFOLLOW);
  for await (const bytes of handle.createReadStream()) hash.update(bytes as Buffer);
  if (hash.digest('hex') === sha256) return;
  await fs.rm(part, { force: true });
  throw refusal('file-out-of-order', `what came for ${path} is not what was sent`);
}

/** Makes the folders of a file, none of them behind a link. */
async function makeFolder(root: string, place: string): Promise<void> {
  await fs.mkdir(root, { recursive: true, mode: 0o700 });
  let folder = root;
  for (const name of relative(root, dirname(place))
    .split('/')
    .filter((each) => each !== '')) {
    folder = join(folder, name);
    const stat = await fs.lstat(folder).catch(() => undefined);
    if (stat === undefined) await fs.mkdir(folder, { mode: 0o700 });
    else if (!stat.isDirectory()) throw refusal('file-refused', `${relative(root, folder)} is no folder`);
  }
  if ((await fs.lstat(place).catch(() => undefined))?.isDirectory() === true)
    throw refusal('file-refused', `${relative(root, place)} is a folder`);
}

async function sizeOf(file: string): Promise<number> {
  const stat = await fs.lstat(file).catch(() => undefined);
  return stat?.isFile() === true ? Math.max(stat.size, 0) : 0;
}

async function usedBelow(folder: string): Promise<number> {
  const entries: Dirent[] = await fs.readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let used = 0;
  for (const entry of entries) {
    if (entry.isFile()) used += Math.max(await sizeOf(join(entry.parentPath, entry.name)), leastFile);
  }
  return used;
}

function refusal(
  code: 'file-recv-off' | 'file-refused' | 'file-too-large' | 'file-quota' | 'file-out-of-order',
  message: string,
): AppError {
  return new AppError({ code, message });
}
