import type { Host } from '../../kit/index.ts';
import { toAttributes, type Ownership } from './ownership.ts';
import { isDirectory, parentOf } from './paths.ts';

/** Makes the directories above a path that are missing, each with the owner and mode given. */
export async function makeParents(host: Host, path: string, ownership: Ownership): Promise<void> {
  const parent = parentOf(path);
  if (await isDirectory(host, parent)) return;
  await host.files.makeDirectory(parent, { ...(await toAttributes(host, ownership)), parents: true });
}

/** The mode of directories made for a file: its own, with the right to search wherever it has any right. */
export function searchableMode(mode: number | undefined): number | undefined {
  if (mode === undefined) return undefined;
  const executable = [0o700, 0o070, 0o007].filter((mask) => (mode & mask) !== 0);
  return executable.reduce((bits, mask) => bits | (mask & 0o111), mode & 0o777);
}
