import { posix } from 'node:path';
import type { ReadHost } from '../../kit/host.ts';

/** A module of grains that somebody brought. */
export interface GrainModule {
  /** Its file name without the suffix. */
  readonly name: string;
  /** Absolute path of what is run; of a package its `__init__.py`. */
  readonly file: string;
  readonly language: 'python' | 'javascript';
  readonly isPackage: boolean;
}

/** A file that Salt would load as a module of grains, and that is not run here. */
export interface UnfitModule {
  readonly file: string;
  readonly reason: string;
}

/** What some folders have. */
export interface FoundGrainModules {
  /** In the order in which they run: by folder, in each by name. */
  readonly modules: readonly GrainModule[];
  readonly unfit: readonly UnfitModule[];
}

const languages: Readonly<Record<string, GrainModule['language']>> = {
  '.py': 'python',
  '.mjs': 'javascript',
  '.js': 'javascript',
};
const compiled: ReadonlySet<string> = new Set(['.pyx', '.so', '.zip']);

/**
 * The modules in some folders, as Salt chooses them: names that begin with `_` are private, a folder with an
 * `__init__.py` is one module, other folders are passed over, and of one name the first folder wins.
 */
export async function findGrainModules(
  host: ReadHost,
  folders: readonly string[],
  disabled: ReadonlySet<string>,
): Promise<FoundGrainModules> {
  const modules = new Map<string, GrainModule>();
  const unfit: UnfitModule[] = [];
  for (const folder of folders) {
    for (const entry of await entriesOf(host, folder)) {
      const suffix = posix.extname(entry);
      const name = entry.slice(0, entry.length - suffix.length);
      if (name.startsWith('_') || disabled.has(name)) continue;
      const place = posix.join(folder, entry);
      if (compiled.has(suffix)) unfit.push({ file: place, reason: 'only .py, .mjs and .js are run' });
      const found = await moduleAt(host, place, { name, suffix });
      if (found !== undefined && !modules.has(name)) modules.set(name, found);
    }
  }
  return { modules: [...modules.values()], unfit };
}

async function entriesOf(host: ReadHost, folder: string): Promise<readonly string[]> {
  const entries = (await host.files.list(folder)) ?? [];
  // Python counts before JavaScript where one folder has both by one name.
  const rank = (entry: string): string => entry.replace(/\.(?:mjs|js)$/, '.zz');
  return entries.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

async function moduleAt(
  host: ReadHost,
  place: string,
  { name, suffix }: { readonly name: string; readonly suffix: string },
): Promise<GrainModule | undefined> {
  const language = languages[suffix];
  if (language !== undefined) return { name, file: place, language, isPackage: false };
  if (suffix !== '') return undefined;
  const file = posix.join(place, '__init__.py');
  if ((await host.files.stat(file, { follow: true }))?.kind !== 'file') return undefined;
  return { name, file, language: 'python', isPackage: true };
}
