import { closeSync, constants, accessSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateFiles } from './template-host.ts';

/** The values of what may fail because something is not there or not readable. */
function orUndefined<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    // Salt's filters answer as if an unreadable file did not exist.
    return undefined;
  }
}

function readStart(path: string, limit: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(limit);
    return new Uint8Array(buffer.subarray(0, readSync(file, buffer, 0, limit, 0)));
  } finally {
    closeSync(file);
  }
}

function isRegularFile(path: string): boolean {
  return orUndefined(() => statSync(path).isFile()) ?? false;
}

function isExecutable(path: string): boolean {
  return isRegularFile(path) && orUndefined(() => accessSync(path, constants.X_OK) === undefined) === true;
}

const usualFolders = ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

function findProgram(program: string): string | undefined {
  if (isExecutable(program)) return program;
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...usualFolders];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function findUser(name: string): number | undefined {
  const users = orUndefined(() => readFileSync('/etc/passwd', 'utf8')) ?? '';
  const fields = users.split('\n').map((line) => line.split(':'));
  const uid = fields.find(([user]) => user === name)?.[2];
  return uid === undefined ? undefined : Number(uid);
}

/** The files, programs and users of this machine, for reading only; users from `/etc/passwd`. */
export function createLocalFiles(): TemplateFiles {
  return {
    read: (path, limit) =>
      orUndefined(() => (limit === undefined ? new Uint8Array(readFileSync(path)) : readStart(path, limit))),
    size: (path) => orUndefined(() => statSync(path).size),
    isFile: isRegularFile,
    list: (folder) =>
      (orUndefined(() => readdirSync(folder, { recursive: true, encoding: 'utf8' })) ?? []).map((entry) =>
        join(folder, entry),
      ),
    which: findProgram,
    userId: (name) => (name === undefined ? process.geteuid?.() : findUser(name)),
  };
}
