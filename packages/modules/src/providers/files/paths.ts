import { posix } from 'node:path';
import type { ReadHost } from '../../kit/index.ts';

/** Replaces a leading `~` or `~name` by that account's home, as a shell does; others stay as they are. */
export async function expandHome(host: ReadHost, path: string): Promise<string> {
  const match = /^~([^/]*)(.*)$/s.exec(path);
  if (match === null) return path;
  const [, name = '', rest = ''] = match;
  const own = name === '' ? host.environment('HOME') : undefined;
  const home = own ?? (await host.account(name === '' ? host.identity().uid : name))?.home;
  return home === undefined ? path : home.replace(/\/$/, '') + rest;
}

/** The directory a path lies in. */
export function parentOf(path: string): string {
  return posix.dirname(path);
}

/** Whether a path, links followed, is a directory. */
export async function isDirectory(host: Pick<ReadHost, 'files'>, path: string): Promise<boolean> {
  return (await host.files.stat(path, { follow: true }))?.kind === 'directory';
}

/** Whether something lies at a path that is neither a directory nor a link to one; a link to nowhere does too. */
export async function isInTheWay(host: ReadHost, path: string): Promise<boolean> {
  return (await host.files.stat(path)) !== undefined && !(await isDirectory(host, path));
}

/** Whether a path, links followed, is an ordinary file. */
export async function isFile(host: ReadHost, path: string): Promise<boolean> {
  return (await host.files.stat(path, { follow: true }))?.kind === 'file';
}
