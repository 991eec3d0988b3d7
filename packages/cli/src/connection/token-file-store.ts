import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Dict } from '@brine/common';

/** Where a user's token is kept: `token_file`, or `.salt_token` in the home folder. */
export function tokenFilePath(settings: Dict): string {
  const file = settings.get('token_file');
  if (typeof file !== 'string' || file === '') return join(homedir(), '.salt_token');
  return file.startsWith('~/') ? join(homedir(), file.slice(2)) : resolve(file);
}

/** The token in a file; `undefined` when there is none. */
export function readTokenFile(path: string): string | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim();
    return token === '' ? undefined : token;
  } catch {
    return undefined;
  }
}

/** Keeps a token for its owner alone. What was in its place is removed first, so that no link is followed. */
export function writeTokenFile(path: string, token: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, token, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}
