import { lstatSync, type BigIntStats } from 'node:fs';

/** What is at a path; `undefined` when nothing is, or when it cannot be seen, as behind a file that stands in the way. */
export function lookAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
