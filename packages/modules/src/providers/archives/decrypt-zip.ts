import { AppError } from '@brine/common';
import type * as Zip from '@zip.js/zip.js';
import type { Host, ReadHost } from '../../kit/index.ts';

/** A zip that is to be copied without its password. */
export interface Decryption {
  readonly path: string;
  readonly password: string;
  /** A file that is there already, and empty. */
  readonly copy: string;
  readonly signal?: AbortSignal | undefined;
}

type Library = typeof Zip;

/** Bytes that are written at once. */
const pieceLength = 4 * 1024 * 1024;

/**
 * Copies a zip without its password, encrypted as PKZIP 2 or WinZip (AES) does it, of any size: it is never held in memory
 * whole, and members stay compressed as they are where that can be. Throws `state-failed` for a wrong password and for what
 * is no zip, and what the signal was aborted with.
 */
export async function decryptZip(machine: Host, { path, password, copy, signal }: Decryption): Promise<void> {
  const zip = await import('@zip.js/zip.js');
  const usual = { useWebWorkers: false, ...(signal === undefined ? {} : { signal }) };
  let member = path;
  try {
    const source = new zip.ZipReader(await openSource(zip, machine, path), usual);
    const target = new zip.ZipWriter(appending(machine, copy), { ...usual, keepOrder: true });
    for await (const entry of source.getEntriesGenerator()) {
      member = entry.filename;
      await copyMember(target, entry, password);
    }
    await target.close();
    await source.close();
  } catch (error) {
    signal?.throwIfAborted();
    throw explain(zip, error, member);
  }
}

/** Whether a zip has members that are encrypted. Throws as {@link decryptZip} does. */
export async function isZipEncrypted(host: ReadHost, path: string): Promise<boolean> {
  const zip = await import('@zip.js/zip.js');
  try {
    const source = new zip.ZipReader(await openSource(zip, host, path), { useWebWorkers: false });
    for await (const { encrypted } of source.getEntriesGenerator()) if (encrypted) return true;
    return false;
  } catch (error) {
    throw explain(zip, error, path);
  }
}

async function copyMember(target: Zip.ZipWriter<unknown>, entry: Zip.Entry, password: string): Promise<void> {
  if (entry.directory) {
    await target.add(entry.filename, undefined, { entry, directory: true });
    return;
  }
  const pipe = new TransformStream<Uint8Array, Uint8Array>();
  // What AES encrypts has no checksum beside it: that of the copy is made anew, and the member compressed again for it.
  const isWithoutChecksum = entry.encrypted && ((entry.crc32 as number | undefined) ?? 0) === 0;
  const copied = isWithoutChecksum
    ? target.add(entry.filename, pipe.readable, { entry, level: 1, zip64: entry.uncompressedSize > 0xf000_0000 })
    : target.add(entry.filename, pipe.readable, { entry, passThrough: 'compressed' });
  const read = entry.getData(pipe.writable, {
    ...(entry.encrypted ? { rawPassword: Buffer.from(password) } : {}),
    ...(isWithoutChecksum ? {} : { passThrough: 'compressed' as const }),
  });
  try {
    await Promise.all([read, copied]);
  } catch (error) {
    // Whichever failed may have left the other with a pipe that nobody fills or empties; it would wait for long.
    await Promise.allSettled([pipe.writable.abort(error), pipe.readable.cancel(error)]);
    throw error;
  }
}

async function openSource(zip: Library, { files }: ReadHost, path: string): Promise<Zip.Reader<string>> {
  const size = (await files.stat(path, { follow: true }))?.size ?? 0;
  class FileReader extends zip.Reader<string> {
    override size = size;
    override async readUint8Array(offset: number, limit: number): Promise<Uint8Array<ArrayBuffer>> {
      return new Uint8Array((await files.read(path, { offset, limit })) ?? []);
    }
  }
  return new FileReader(path);
}

function appending({ files }: Host, path: string): WritableStream<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    if (length > 0) await files.append(path, Buffer.concat(pieces));
    [pieces, length] = [[], 0];
  };
  return new WritableStream({
    write: async (piece) => {
      pieces.push(piece.slice());
      length += piece.length;
      if (length >= pieceLength) await flush();
    },
    close: flush,
  });
}

function explain(zip: Library, error: unknown, member: string): unknown {
  const said = error instanceof Error ? error.message : String(error);
  if (said === zip.ERR_INVALID_PASSWORD) return refusal(`Bad password for file ${member}`, error);
  if (said === zip.ERR_BAD_FORMAT || said === zip.ERR_EOCDR_NOT_FOUND) return refusal('It is no zip', error);
  // The library has no class for its errors; what the host throws has.
  if (error instanceof AppError) return error;
  return refusal(`It is damaged, or has what cannot be read (${member}: ${said})`, error);
}

function refusal(message: string, cause: unknown): AppError {
  return new AppError({ code: 'state-failed', message, cause });
}
