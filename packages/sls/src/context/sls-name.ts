import { compareTexts } from '@brine/common';
import type { StateFiles } from '../file-roots/state-files.ts';

/** The paths that may hold an SLS name, in the order they are looked for. */
export function pathsOfSls(sls: string): readonly [string, string] {
  const base = sls.replaceAll('.', '/');
  return [`${base}.sls`, `${base}/init.sls`];
}

/** The SLS name of a path, or `undefined` when it is no SLS file. */
export function slsOfPath(path: string): string | undefined {
  if (!path.endsWith('.sls')) return undefined;
  const end = path.endsWith('/init.sls') ? '/init.sls'.length : '.sls'.length;
  return path.slice(0, -end).replaceAll('/', '.');
}

/** The text of an SLS; its `file` ends in `/init.sls` when it is a folder's. */
export async function readSls(
  files: StateFiles,
  sls: string,
  saltenv: string,
): Promise<{ text: string; file: string } | undefined> {
  for (const path of pathsOfSls(sls)) {
    const found = await files.readText(path, saltenv);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All SLS names of an environment, sorted. */
export async function listSls(files: StateFiles, saltenv: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const path of await files.listFiles(saltenv)) {
    const sls = slsOfPath(path);
    if (sls !== undefined) names.add(sls);
  }
  return [...names].toSorted(compareTexts);
}

/** Whether a name stands for all SLS that match it. */
export function isSlsGlob(name: string): boolean {
  return /[*?[]/.test(name);
}
