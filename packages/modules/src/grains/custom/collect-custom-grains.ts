import { posix } from 'node:path';
import { pythonStr, type Dict, type Value } from '@brine/common';
import type { Host } from '../../kit/host.ts';
import { findGrainModules } from './find-grain-modules.ts';
import { runGrainModule, type GrainModuleSurroundings } from './run-grain-module.ts';

/** What {@link collectCustomGrains} works with. */
export interface CustomGrainCollection extends GrainModuleSurroundings {
  readonly host: Host;
  /** Lays what modules told over the built-in grains; functions that take `grains` see that. */
  readonly layOver: (told: readonly Dict[]) => Dict;
}

/** What modules of grains told. */
export interface CustomGrains {
  /** What each function gave, in the order of merging. */
  readonly told: readonly Dict[];
  /** The names of the modules. */
  readonly names: ReadonlySet<string>;
}

/**
 * What the modules of grains tell that lie in `grains_dirs` and, synced from the tree, below `extension_modules`. They run
 * one after the other, each in a process of its own, and one that fails, hangs or tells nothing usable costs nothing but its
 * own grains.
 */
export async function collectCustomGrains(collection: CustomGrainCollection): Promise<CustomGrains> {
  const { host, log, options, layOver } = collection;
  const { modules, unfit } = await findGrainModules(host, moduleFolders(options), disabledGrainModules(options));
  for (const { file, reason } of unfit) log.warn('module of grains is not run', { file, reason });
  const told: Dict[] = [];
  for (const module of modules) told.push(...(await runGrainModule(module, layOver(told), collection)));
  return { told, names: new Set(modules.map(({ name }) => name)) };
}

/** Where modules of grains that were synced from the tree lie. */
export function syncedGrainFolder(options: ReadonlyMap<Value, Value>): string {
  return posix.join(pythonStr(options.get('extension_modules') ?? ''), 'grains');
}

function moduleFolders(options: Dict): readonly string[] {
  const own = options.get('grains_dirs');
  return [...(Array.isArray(own) ? own.map(pythonStr) : []), syncedGrainFolder(options)].filter((folder) =>
    posix.isAbsolute(folder),
  );
}

/** The names of modules that `disable_grains` has. */
export function disabledGrainModules(options: Dict): ReadonlySet<string> {
  const value = options.get('disable_grains');
  return new Set(Array.isArray(value) ? value.map(pythonStr) : []);
}
