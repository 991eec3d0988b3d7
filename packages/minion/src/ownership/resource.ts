import path from 'node:path';
import { pythonStr } from '@brine/common';
import type { Step } from '@brine/sls';
import type { ManagedFile } from '../daemon/companion.ts';

/** Functions that see to it that something is not there: nothing is left behind when they go. */
const removing = /^(absent|removed|purged|uninstalled|unmounted|dead|disabled|missing|not_|rm_)|(_absent|_removed)$/;
/** Functions that do something rather than keep something. */
const acting = /^(cmd|module|test|event|loop|salt|http|service\.(running|enabled)\.run)\b/;

/** Something on the machine that a step keeps in a state. */
export interface Resource {
  /** `file` and so on: the state module. */
  readonly kind: string;
  readonly name: string;
}

/** The things that a step keeps there; none for one that only acts, or takes away. */
export function resourcesOf(step: Step): readonly Resource[] {
  const { state, fun, chunk, name } = step;
  if (removing.test(fun) || acting.test(state)) return [];
  const packages = chunk.get('pkgs');
  if (Array.isArray(packages)) {
    return packages.map((entry) => ({
      kind: state,
      name: entry instanceof Map ? pythonStr([...entry.keys()][0] ?? null) : pythonStr(entry),
    }));
  }
  return [{ kind: state, name }];
}

/** The files by which it shows that something drifted from what the steps want. */
export function managedFiles(steps: readonly Step[]): readonly ManagedFile[] {
  const files = new Map<string, ManagedFile>();
  for (const step of steps) {
    const place = managedPath(step);
    if (place === undefined) continue;
    const isTree = step.state === 'file' && step.fun === 'recurse';
    files.set(place, { path: place, isTree: isTree || files.get(place)?.isTree === true });
  }
  return [...files.values()];
}

const fileStates = new Set(['file', 'ini']);

/** The file that a step is about; `undefined` for other steps. */
export function managedPath({ state, name, chunk }: Step): string | undefined {
  if (!fileStates.has(state)) return undefined;
  const place = chunk.get('path') ?? name;
  return typeof place === 'string' && path.isAbsolute(place) ? path.normalize(place) : undefined;
}
