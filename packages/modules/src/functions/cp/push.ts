import { posix } from 'node:path';
import { compileGlob, isAppError, toValue } from '@brine/common';
import { z } from 'zod';
import { flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

/** Bytes of one piece. */
const pieceLength = 1024 * 1024;

const uploadPath = optional(text()).describe(
  'Where it is kept below the minion’s folder on the master, instead of its own path.',
);

export const push = defineFunction({
  name: 'cp.push',
  summary: 'Sends a file to the master, which keeps it below `cachedir/minions/ID/files`; false when it does not.',
  args: z.object({
    path: text().describe('Absolute path of the file.'),
    keep_symlinks: withDefault(flag(), false).describe('Keep the path as it is, instead of where its links lead.'),
    upload_path: uploadPath,
    remove_source: withDefault(flag(), false).describe('Remove the file once the master has it.'),
  }),
  examples: ["'*' cp.push /etc/fstab", "'*' cp.push /etc/fstab upload_path=/new/path/fstab"],
  async run(args, context) {
    if (!isPlain(args.path) || !posix.isAbsolute(args.path)) return false;
    const { files } = context.host;
    const path = args.keep_symlinks ? args.path : await files.realPath(args.path);
    const sent = path !== undefined && (await sendFile(context, path, args.upload_path));
    if (sent && args.remove_source) await files.remove(path);
    return sent;
  },
});

export const pushDir = defineFunction({
  name: 'cp.push_dir',
  summary: 'Sends the files of a folder to the master; false when one of them was not taken.',
  args: z.object({
    path: text().describe('Absolute path of the folder.'),
    glob: optional(text()).describe('Wildcard for the names of the files wanted.'),
    upload_path: uploadPath,
  }),
  examples: ["'*' cp.push_dir /etc/modprobe.d/ glob='*.conf'"],
  async run(args, context) {
    if (!isPlain(args.path) || !posix.isAbsolute(args.path)) return false;
    const folder = await context.host.files.realPath(args.path);
    if (folder === undefined) return false;
    if ((await context.host.files.stat(folder))?.kind === 'file') return sendFile(context, folder, args.upload_path);
    const matches = args.glob === undefined ? () => true : compileGlob(args.glob);
    const files = (await filesBelow(context, folder)).filter((file) => matches(posix.basename(file)));
    for (const file of files) {
      const kept = args.upload_path && posix.join('/', args.upload_path, file.slice(folder.length));
      if (!(await sendFile(context, file, kept))) return false;
    }
    return files.length > 0;
  },
});

/** As Salt refuses them: nothing that climbs. */
function isPlain(path: string): boolean {
  return !path.includes('../');
}

async function filesBelow({ host }: FunctionContext, folder: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const name of (await host.files.list(next)) ?? []) {
      const path = posix.join(next, name);
      const stat = await host.files.stat(path);
      if (stat?.kind === 'directory') folders.push(path);
      else if ((await host.files.stat(path, { follow: true }))?.kind === 'file') found.push(path);
    }
  }
  return found.toSorted();
}

async function sendFile(context: FunctionContext, path: string, kept: string | undefined): Promise<boolean> {
  const { host, master, log } = context;
  if (master === undefined) throw failure('there is no master to send a file to');
  const wanted = kept === undefined || kept === '' ? path : kept;
  if (!isPlain(wanted)) return false;
  const stat = await host.files.stat(path, { follow: true });
  const sha256 = stat?.kind === 'file' ? await host.files.hash(path, 'sha256') : undefined;
  if (stat === undefined || sha256 === undefined) return false;
  const place = posix.normalize(wanted).replace(/^\/+|\/+$/g, '');
  try {
    return await sendPieces(context, path, (piece) =>
      master.request('file.push', toValue({ path: place, size: stat.size, sha256, ...piece })),
    );
  } catch (error) {
    if (!refusals.some((code) => isAppError(error, code))) throw error;
    log.error('the master did not take a file', { path, error });
    return false;
  }
}

type Piece = { readonly offset: number; readonly bytes: Uint8Array };

/** Answers whether all of it was there to be sent. An empty file is one empty piece. */
async function sendPieces(
  { host }: FunctionContext,
  path: string,
  send: (piece: Piece) => Promise<unknown>,
): Promise<boolean> {
  const size = (await host.files.stat(path, { follow: true }))?.size ?? 0;
  for (let offset = 0; ;) {
    const read = await host.files.read(path, { offset, limit: pieceLength });
    const bytes = new Uint8Array(read ?? []);
    await send({ offset, bytes });
    offset += bytes.length;
    if (offset >= size || bytes.length === 0) return offset >= size;
  }
}

const refusals = ['file-recv-off', 'file-refused', 'file-too-large', 'file-quota', 'file-out-of-order'];
