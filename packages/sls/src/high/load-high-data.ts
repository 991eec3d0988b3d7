import { equalValues, isDict, type Dict, type Problem, type Value } from '@brine/common';
import { errorAt } from './error-at.ts';
import { createHighLoader, type HighDataSource, type HighLoader, type ReadInclude } from './high-loader.ts';
import type { Origins } from './origins.ts';
import { loadSls, mergeSls } from './load-sls.ts';

/** High data as `state.show_highstate` shows it, before extend, requisites-in and exclude. */
export interface LoadedHighData {
  readonly high: Dict;
  readonly origins: Origins;
  readonly problems: readonly Problem[];
  /** The entries of all include lists that were read. */
  readonly includes: readonly ReadInclude[];
}

/** Which files apply: environment → names and globs, in order. */
export type SlsMatches = ReadonlyMap<string, readonly string[]>;

/** Renders the files that `matches` names, and all they include, into one tree of states. */
export async function loadHighData(matches: SlsMatches, source: HighDataSource): Promise<LoadedHighData> {
  const loader = createHighLoader(source, [...matches.keys()]);
  const high: Dict = new Map();
  for (const [saltenv, wanted] of matches) {
    if (await loader.catalogue.hasEnvironment(saltenv)) {
      for (const glob of wanted) await loadMatching(high, loader, { glob, saltenv });
    } else {
      const summary = `No matching salt environment for environment '${saltenv}' found`;
      loader.problems.push(errorAt(undefined, 'include-environment', summary));
      for (const sls of wanted) {
        const missing = `No matching sls found for '${sls}' in env '${saltenv}'`;
        loader.problems.push(errorAt(loader.spanOf?.(saltenv, sls), 'sls-missing', missing));
      }
    }
  }
  dropRepeatedExtends(high);
  const { origins, includes } = loader;
  return { high, origins, includes, problems: loader.problems.map((problem) => origins.quoted(problem)) };
}

interface WantedFiles {
  readonly glob: string;
  readonly saltenv: string;
}

async function loadMatching(high: Dict, loader: HighLoader, { glob, saltenv }: WantedFiles): Promise<void> {
  const found = await loader.catalogue.matching(glob, saltenv);
  const span = loader.spanOf?.(saltenv, glob);
  // A name that matches nothing is tried as it is, to be reported as missing.
  for (const sls of found.length > 0 ? found : [glob]) {
    if (loader.seen.has(`${saltenv}:${sls}`)) continue;
    const loaded = await loadSls(loader, { sls, saltenv, includedBy: [], ...(span === undefined ? {} : { span }) });
    if (loaded !== undefined) mergeSls(high, loaded, loader);
  }
}

// Files that are reached twice under different names would extend twice.
function dropRepeatedExtends(high: Dict): void {
  const extend = high.get('__extend__');
  if (!Array.isArray(extend)) return;
  const kept: [Value, Value][] = [];
  for (const [id, body] of extend.filter(isDict).flatMap((entry) => [...entry])) {
    if (!kept.some(([keptId, keptBody]) => keptId === id && equalValues(keptBody, body))) kept.push([id, body]);
  }
  high.set(
    '__extend__',
    kept.map((entry): Value => new Map([entry])),
  );
}
