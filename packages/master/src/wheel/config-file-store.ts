import { join } from 'node:path';
import { AppError, resolveInside } from '@brine/common';
import { readTextFile, replaceFile } from '@brine/daemon';

/** The absolute path of a configuration file. Throws `wheel-failed` when it would lie outside the folder. */
export function resolveConfigFile(configDirectory: string, relative: string): string {
  const path = relative.startsWith('/') ? relative : resolveInside(configDirectory, relative);
  if (path !== undefined) return path;
  throw new AppError({
    code: 'wheel-failed',
    message: `${join(configDirectory, relative)} is not in the configuration`,
  });
}

/** The text of a configuration file; empty when there is none. */
export async function readConfigText(path: string): Promise<string> {
  return (await readTextFile(path)) ?? '';
}

/** Writes a configuration file, whole or not at all, for its owner alone: it may hold secrets. */
export async function replaceConfigText(path: string, text: string): Promise<void> {
  await replaceFile(path, text, 0o600);
}
