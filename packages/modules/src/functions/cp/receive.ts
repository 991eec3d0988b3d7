import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, integer, nullableValue, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isDirectory, parentOf } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';

/** Bytes that one piece may have, also after it was unpacked. */
const pieceLimit = 32 * 1024 * 1024;

export const receive = defineFunction({
  name: 'cp.recv',
  summary: 'Puts files where `salt-cp` sends them, and answers for each path whether it is there.',
  args: z.object({
    files: dict().describe('Contents by the path they have on the master, as text or bytes.'),
    dest: text().describe('A folder, or the path of the file.'),
  }),
  examples: ["'*' cp.recv '{/etc/motd: hello}' /etc/motd"],
  async run({ files, dest }, context) {
    const answer = new Map<Value, Value>();
    for (const [path, content] of files) {
      const target = await targetOf(context, pythonStr(path), requireAbsolute(dest));
      if (target === undefined) {
        context.setRetcode(1);
        return 'Destination unavailable';
      }
      await context.host.files.write(target, toBytes(content));
      answer.set(target, true);
    }
    return answer;
  },
});

export const receiveChunked = defineFunction({
  name: 'cp.recv_chunked',
  summary: 'Takes a piece of a file that `salt-cp --chunked` sends; with `chunk` null makes a folder.',
  args: z.object({
    dest: text().describe('The path of the file or folder; missing folders above it are made.'),
    chunk: nullableValue().describe('The piece, as bytes or in Base64.'),
    append: withDefault(flag(), false).describe('Whether pieces came before this one.'),
    compressed: withDefault(flag(), true).describe('Whether the piece is packed with gzip.'),
    mode: optional(integer()).describe('Permission bits of the file, as a number.'),
    size: optional(integer()).describe('Bytes of the whole file: it appears under its name once all have come.'),
    sha256: optional(text()).describe('Digest that the whole file must have.'),
  }),
  examples: ["'*' cp.recv_chunked /etc/motd aGVsbG8K compressed=False mode=420"],
  async run(args, context) {
    const dest = requireAbsolute(args.dest);
    if (args.chunk === null) return makeFolder(context, dest);
    const piece = { ...args, dest, content: unpack(args.chunk, args.compressed) };
    const folder = parentOf(dest);
    if (!(await isDirectory(context.host, folder))) await context.host.files.makeDirectory(folder, { parents: true });
    if (args.size === undefined) await takeAtOnce(context, piece);
    else await takePiece(context, { ...piece, size: args.size });
    return true;
  },
});

interface Piece {
  readonly dest: string;
  readonly content: Uint8Array;
  readonly append: boolean;
  readonly mode: number | undefined;
  readonly sha256: string | undefined;
}

/** Without a size nobody knows which piece is the last, so each goes to its place. */
async function takeAtOnce({ host }: FunctionContext, { dest, content, append, mode }: Piece): Promise<void> {
  if (append) await host.files.append(dest, content);
  else await host.files.write(dest, content, mode === undefined ? {} : { mode: mode & 0o7777 });
}

/** Pieces are gathered where only this minion writes; the whole file then appears at once. */
async function takePiece(context: FunctionContext, piece: Piece & { readonly size: number }): Promise<void> {
  const { files } = context.host;
  const { dest, content, append, mode, size, sha256 } = piece;
  const part = await partOf(context, dest);
  if (append) await files.append(part, content);
  else await files.write(part, content, { mode: 0o600 });
  const had = (await files.stat(part))?.size ?? 0;
  if (had < size) return;
  const isWhole = had === size && (sha256 === undefined || (await files.hash(part, 'sha256')) === sha256);
  try {
    if (!isWhole) throw failure(`what came for ${dest} is not what was sent; send it again`);
    await files.writeCopy(dest, part, mode === undefined ? {} : { mode: mode & 0o7777 });
  } finally {
    await files.remove(part);
  }
}

async function partOf({ host, options }: FunctionContext, dest: string): Promise<string> {
  const folder = posix.join(pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion'), 'salt-cp');
  if (!(await isDirectory(host, folder))) await host.files.makeDirectory(folder, { parents: true, mode: 0o700 });
  return posix.join(folder, createHash('sha256').update(dest).digest('hex'));
}

async function makeFolder({ host, setRetcode }: FunctionContext, dest: string): Promise<Value> {
  const found = await host.files.stat(dest, { follow: true });
  if (found === undefined) await host.files.makeDirectory(dest, { parents: true });
  else if (found.kind !== 'directory') {
    setRetcode(1);
    return 'Path exists and is a file';
  }
  return true;
}

/** Below the destination when that is a folder, else the destination itself if its folder is there. */
async function targetOf({ host }: FunctionContext, path: string, dest: string): Promise<string | undefined> {
  if (await isDirectory(host, dest)) return posix.join(dest, posix.basename(path));
  return (await isDirectory(host, parentOf(dest))) ? dest : undefined;
}

function requireAbsolute(path: string): string {
  if (posix.isAbsolute(path)) return posix.normalize(path);
  throw failure(`'${path}' is no absolute path`);
}

function unpack(chunk: Value, isPacked: boolean): Uint8Array {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'base64') : toBytes(chunk);
  if (bytes.length > pieceLimit) throw failure(`a piece of ${bytes.length} bytes is larger than ${pieceLimit}`);
  if (!isPacked) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: pieceLimit });
  } catch (cause) {
    throw failure('the piece cannot be unpacked', cause);
  }
}

function toBytes(content: Value): Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (isDict(content) || Array.isArray(content)) throw failure('a content is neither text nor bytes');
  return new TextEncoder().encode(pythonStr(content));
}
