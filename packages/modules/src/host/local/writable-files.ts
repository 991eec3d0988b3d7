import { randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { chmod, lchown, link, lstat, mkdir, open, rename, rm, rmdir, stat, symlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Attributes, CommandRequest, CommandResult, WritableFiles } from '../../kit/index.ts';
import { errnoOf, fileFailure, isMissing } from './file-failure.ts';
import { localReadableFiles } from './readable-files.ts';
import { restoreLabel } from './restore-label.ts';

/** Changing the files of this machine. `run` makes device nodes, for which Node has no call. */
export function createWritableFiles(run: (request: CommandRequest) => Promise<CommandResult>): WritableFiles {
  const replace = async (
    path: string,
    fill: (file: FileHandle) => Promise<void>,
    attributes: Attributes = {},
  ): Promise<void> => {
    await replaceFile(path, fill, attributes);
    await restoreLabel(path, run);
  };
  return {
    ...localReadableFiles,
    write: (path, content, attributes) =>
      acting('write', path, () => replace(path, (file) => file.writeFile(content), attributes)),
    writeCopy: (path, source, attributes) =>
      acting('write', path, () => replace(path, (file) => copyInto(file, source), attributes)),
    append: (path, content) => acting('append to', path, () => appendTo(path, content)),
    makeDirectory: (path, attributes) =>
      acting('make the directory', path, () => makeDirectory(path, attributes ?? {})),
    makeSymlink: (path, target) => acting('make the link', path, () => symlink(target, path)),
    makeHardLink: (path, target) => acting('make the hard link', path, () => link(target, path)),
    makeNode: (path, kind, device) => makeNode(run, path, kind, device),
    setAttributes: (path, attributes) =>
      acting('set owner or mode of', path, () => setAttributes(path, attributes, attributes.follow === true)),
    setTimes: (path, times) =>
      acting('set the times of', path, () => utimes(path, times.accessedAt / 1000, times.modifiedAt / 1000)),
    rename: (from, to) => acting('rename', from, () => rename(from, to)),
    remove: (path, options) => acting('remove', path, () => remove(path, options?.recursive === true)),
  };
}

async function acting(action: string, path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (caught) {
    throw fileFailure(action, path, caught);
  }
}

// The temporary file is made exclusively and gets owner and mode through its descriptor, so that neither a planted
// link nor a reader between creation and rename can profit; its name starts with a dot so that conf.d readers skip it.
async function replaceFile(
  path: string,
  fill: (file: FileHandle) => Promise<void>,
  attributes: Attributes,
): Promise<void> {
  const before = await lstat(path).catch(undefinedWhenMissing);
  const kept = before?.isFile() === true ? before : undefined;
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await fill(file);
      await takeOwner(file, { uid: attributes.uid ?? kept?.uid, gid: attributes.gid ?? kept?.gid });
      await file.chmod(attributes.mode ?? (kept === undefined ? 0o666 & ~process.umask() : kept.mode & 0o7777));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (caught) {
    await rm(temporary, { force: true });
    throw caught;
  }
  await syncDirectory(dirname(path));
}

async function takeOwner(
  file: FileHandle,
  wanted: { readonly uid: number | undefined; readonly gid: number | undefined },
): Promise<void> {
  const now = await file.stat();
  const uid = wanted.uid ?? now.uid;
  const gid = wanted.gid ?? now.gid;
  if (uid !== now.uid || gid !== now.gid) await file.chown(uid, gid);
}

async function copyInto(file: FileHandle, source: string): Promise<void> {
  for await (const chunk of createReadStream(source)) await file.write(chunk as Buffer);
}

async function appendTo(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'a', 0o666);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function makeDirectory(path: string, options: Attributes & { readonly parents?: boolean }): Promise<void> {
  const { parents, ...attributes } = options;
  if (
    parents === true &&
    dirname(path) !== path &&
    (await stat(dirname(path)).catch(undefinedWhenMissing)) === undefined
  )
    await makeDirectory(dirname(path), options);
  await mkdir(path, attributes.mode === undefined ? 0o777 : 0o700);
  await setAttributes(path, attributes, false);
}

async function setAttributes(path: string, attributes: Attributes, follow: boolean): Promise<void> {
  const before = await (follow ? stat(path) : lstat(path));
  if (before.isSymbolicLink()) {
    await lchown(path, attributes.uid ?? before.uid, attributes.gid ?? before.gid);
    return;
  }
  const file = await openUnread(path, follow);
  if (file === undefined) {
    await setByPath(path, attributes, before);
    return;
  }
  try {
    await takeOwner(file, { uid: attributes.uid, gid: attributes.gid });
    // chown takes the setuid and setgid bits away, so the mode is set even when only the owner was asked for.
    await file.chmod(attributes.mode ?? before.mode & 0o7777);
  } finally {
    await file.close();
  }
}

// Sockets and files that their owner may not read cannot be opened; those are changed by their path.
async function openUnread(path: string, follow: boolean): Promise<FileHandle | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
  try {
    return await open(path, flags);
  } catch (caught) {
    if (['EACCES', 'ENXIO', 'EPERM', 'ENODEV'].includes(errnoOf(caught) ?? '')) return undefined;
    throw caught;
  }
}

async function setByPath(
  path: string,
  attributes: Attributes,
  before: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<void> {
  const uid = attributes.uid ?? before.uid;
  const gid = attributes.gid ?? before.gid;
  if (uid !== before.uid || gid !== before.gid) await lchown(path, uid, gid);
  await chmod(path, attributes.mode ?? before.mode & 0o7777);
}

async function makeNode(
  run: (request: CommandRequest) => Promise<CommandResult>,
  path: string,
  kind: 'fifo' | 'block-device' | 'character-device',
  device: { readonly major: number; readonly minor: number },
): Promise<void> {
  const letter = { fifo: 'p', 'block-device': 'b', 'character-device': 'c' }[kind];
  const numbers = kind === 'fifo' ? [] : [String(device.major), String(device.minor)];
  const result = await run({ command: ['mknod', '--', path, letter, ...numbers] });
  if (result.exitCode !== 0) throw fileFailure('make the node', path, new Error(result.stderr.trim()));
}

async function remove(path: string, recursive: boolean): Promise<void> {
  if (recursive) {
    await rm(path, { recursive: true, maxRetries: 3 });
    return;
  }
  const before = await lstat(path);
  await (before.isDirectory() ? rmdir(path) : rm(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (caught) {
    // Some file systems (network ones, mostly) refuse to sync a directory; the rename has happened all the same.
    if (errnoOf(caught) !== 'EINVAL') throw caught;
  } finally {
    await directory.close();
  }
}

function undefinedWhenMissing(caught: unknown): undefined {
  if (!isMissing(caught)) throw caught;
  return undefined;
}
