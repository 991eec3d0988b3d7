import { closestName, compareTexts, matchGlob } from '@brine/common';
import type { StateFiles, TreeText } from '../file-roots/state-files.ts';

/** The state files there are, by the names that SLS files and people use. */
export interface SlsCatalogue {
  hasEnvironment(saltenv: string): Promise<boolean>;
  /** Names of an environment that a glob matches, sorted; a name matches itself. */
  matching(glob: string, saltenv: string): Promise<readonly string[]>;
  /** The name that was most likely meant. */
  closest(name: string, saltenv: string): Promise<string | undefined>;
  /** The text behind a name; `isInit` when it is its folder's `init.sls`. */
  read(sls: string, saltenv: string): Promise<(TreeText & { readonly isInit: boolean }) | undefined>;
}

/**
 * Looks names up in a tree; each environment is listed once, when it is first needed. `local` has files that come
 * before those of the tree, by their name.
 */
export function createSlsCatalogue(files: StateFiles, local?: ReadonlyMap<string, TreeText>): SlsCatalogue {
  const listed = new Map<string, Promise<readonly string[]>>();
  const names = (saltenv: string): Promise<readonly string[]> => {
    let list = listed.get(saltenv);
    list ??= files.listFiles(saltenv).then(slsNames);
    listed.set(saltenv, list);
    return list;
  };
  return {
    hasEnvironment: async (saltenv) => (await files.environments()).includes(saltenv),
    async matching(glob, saltenv) {
      // Listing a tree costs more than reading the one file that a plain name stands for.
      if (!/[*?[]/.test(glob)) return [glob];
      return (await names(saltenv)).filter((name) => matchGlob(glob, name));
    },
    closest: async (name, saltenv) => closestName(name, await names(saltenv)),
    async read(sls, saltenv) {
      const given = local?.get(sls);
      if (given !== undefined) return { ...given, isInit: false };
      const path = sls.replaceAll('.', '/');
      const direct = await files.readText(`${path}.sls`, saltenv);
      if (direct !== undefined) return { ...direct, isInit: direct.file.endsWith('/init.sls') };
      const init = await files.readText(`${path}/init.sls`, saltenv);
      return init && { ...init, isInit: true };
    },
  };
}

/** The names that a listing of paths offers: dots for slashes, a folder's own name for its `init.sls`. */
export function slsNames(paths: readonly string[]): string[] {
  const names = new Set<string>();
  for (const path of paths) {
    if (!path.endsWith('.sls')) continue;
    const stem = path.endsWith('/init.sls') ? path.slice(0, -'/init.sls'.length) : path.slice(0, -'.sls'.length);
    names.add(stem.replaceAll('/', '.'));
  }
  return [...names].toSorted(compareTexts);
}
