import { pythonStr } from '@brine/common';
import { managedFile, type ManagedFile, type Step } from '@brine/sls';

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
    const file = managedFile(step);
    if (file === undefined) continue;
    files.set(file.path, { ...file, isTree: file.isTree || files.get(file.path)?.isTree === true });
  }
  return [...files.values()];
}
