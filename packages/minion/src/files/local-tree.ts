import { getDict, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { FileServer } from '@brine/modules/kit';
import type { FileRoots, FileRootsOptions } from '@brine/sls';
import { hashFile } from './hash-file.ts';
import type { Tree } from './tree.ts';

/** Serves a masterless minion's own `file_roots`; files are handed out where they lie. */
export function createLocalTree(roots: FileRoots): Tree {
  return { files: roots, server: createLocalServer(roots) };
}

/** What the options say of the roots under `key` (`file_roots` or `pillar_roots`). */
export function readRoots(options: Dict, key: 'file_roots' | 'pillar_roots'): Omit<FileRootsOptions, 'disk'> {
  const roots = new Map<string, readonly string[]>();
  for (const [saltenv, folders] of getDict(options, key) ?? []) roots.set(pythonStr(saltenv), texts(folders));
  return {
    roots,
    ignoreGlobs: texts(options.get('file_ignore_glob') ?? []),
    ignoreRegexes: texts(options.get('file_ignore_regex') ?? []).map((regex) => new RegExp(regex)),
    followSymlinks: options.get('fileserver_followsymlinks') !== false,
    ignoreSymlinks: options.get('fileserver_ignoresymlinks') === true,
  };
}

function texts(value: Value): readonly string[] {
  if (Array.isArray(value)) return value.map(pythonStr);
  return value === null || isDict(value) || value === '' ? [] : [pythonStr(value)];
}

function createLocalServer(roots: FileRoots): FileServer {
  return {
    fetch: async (url, saltenv) => {
      const found = await roots.find(url, saltenv);
      if (found === undefined) return undefined;
      return { path: found.realPath, sha256: await hashFile(found.realPath), mode: found.stat.mode };
    },
    // Files are handed out where they lie; there are no copies.
    cached: async () => undefined,
    listFiles: async (saltenv, prefix) => below((await roots.manifest(saltenv)).files, prefix),
    listDirectories: async (saltenv, prefix) => below((await roots.manifest(saltenv)).directories, prefix),
    listEmptyDirectories: async (saltenv, prefix) => below((await roots.manifest(saltenv)).emptyDirectories, prefix),
    listSymlinks: async (saltenv, prefix) => {
      const { symlinks } = await roots.manifest(saltenv);
      return new Map(below([...symlinks.keys()], prefix).map((path) => [path, symlinks.get(path) ?? '']));
    },
    environments: () => roots.environments(),
  };
}

/** The paths that begin with a prefix, as Salt's lists are cut. */
export function below(paths: readonly string[], prefix = ''): readonly string[] {
  return prefix === '' ? paths : paths.filter((path) => path.startsWith(prefix));
}
