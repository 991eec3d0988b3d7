import { AppError, resolveInside } from '@brine/common';
import { buildManifest, isInside, type FileManifest } from './file-manifest.ts';
import { createIgnoreTest, type IgnoreRules } from './ignore-rules.ts';
import { parseSaltUrl } from './salt-url.ts';
import type { StateFiles } from './state-files.ts';
import type { TreeDisk, TreeStat } from './tree-disk.ts';

/** How file roots are laid out; the names are those of Salt's configuration. */
export interface FileRootsOptions extends IgnoreRules {
  /** Environment → directories; the first directory that has a file serves it. `__env__` stands for any other name. */
  readonly roots: ReadonlyMap<string, readonly string[]>;
  readonly disk: TreeDisk;
  /** The environment that `__env__` stands for when environments are listed: the one a run is about. */
  readonly dynamicEnvironment?: string;
  /** Whether lists enter directories behind symlinks (`fileserver_followsymlinks`); true unless given. */
  readonly followSymlinks?: boolean;
  /** Whether lists leave symlinks out (`fileserver_ignoresymlinks`). */
  readonly ignoreSymlinks?: boolean;
}

/** A file that a root serves. */
export interface FoundFile {
  /** Path below the root. */
  readonly path: string;
  readonly absolutePath: string;
  /** The same with all symlinks followed: what to open. */
  readonly realPath: string;
  /** Of the file itself, symlinks followed. */
  readonly stat: TreeStat;
}

/** A `salt://` tree over local directories. Nothing is remembered between calls. */
export interface FileRoots extends StateFiles {
  /** The file that serves a path; never one outside its root, whether by `..` or by symlink. */
  find(path: string, saltenv: string): Promise<FoundFile | undefined>;
  manifest(saltenv: string): Promise<FileManifest>;
}

/** Serves directories as environments of `salt://`. `readText` throws `tree-file-encoding` when a file is not UTF-8. */
export function createFileRoots(options: FileRootsOptions): FileRoots {
  const { roots, disk } = options;
  const isIgnored = createIgnoreTest(options);
  const walk = {
    disk,
    isIgnored,
    followSymlinks: options.followSymlinks ?? true,
    ignoreSymlinks: options.ignoreSymlinks ?? false,
  };
  const manifest = (saltenv: string): Promise<FileManifest> => buildManifest(directoriesOf(roots, saltenv), walk);

  async function find(url: string, saltenv: string): Promise<FoundFile | undefined> {
    const named = parseSaltUrl(url);
    for (const root of directoriesOf(roots, named.saltenv ?? saltenv)) {
      const absolutePath = resolveInside(root, named.path);
      const rootPath = resolveInside(root, '.');
      if (absolutePath === undefined || rootPath === undefined || absolutePath === rootPath) continue;
      const path = absolutePath.slice(rootPath === '/' ? 1 : rootPath.length + 1);
      const found = isIgnored(path) ? undefined : await open(disk, root, absolutePath);
      if (found !== undefined) return { path, absolutePath, ...found };
    }
    return undefined;
  }

  return {
    find,
    manifest,
    environments: () => Promise.resolve(listEnvironments(options)),
    exists: async (path, saltenv) => (await find(path, saltenv)) !== undefined,
    listFiles: async (saltenv) => (await manifest(saltenv)).files,
    readText: async (path, saltenv) => {
      const found = await find(path, saltenv);
      const bytes = found && (await disk.read(found.realPath));
      return (
        found && bytes && { text: decodeText(bytes, found.path), file: found.path, absolutePath: found.absolutePath }
      );
    },
  };
}

function listEnvironments({ roots, dynamicEnvironment }: FileRootsOptions): string[] {
  const named = [...roots.keys()].filter((name) => name !== '__env__');
  const isAdded = dynamicEnvironment !== undefined && !roots.has(dynamicEnvironment);
  return isAdded && directoriesOf(roots, dynamicEnvironment).length > 0 ? [...named, dynamicEnvironment] : named;
}

function directoriesOf(roots: ReadonlyMap<string, readonly string[]>, saltenv: string): readonly string[] {
  const named = roots.get(saltenv);
  if (named !== undefined) return saltenv === '__env__' ? [] : named;
  // The name becomes part of a path: one that could leave the directory names no environment.
  if (!/^[\w.@+-]+$/.test(saltenv) || saltenv === '.' || saltenv === '..') return [];
  return (roots.get('__env__') ?? []).map((root) => root.replaceAll('__env__', saltenv));
}

async function open(
  disk: TreeDisk,
  root: string,
  absolutePath: string,
): Promise<{ realPath: string; stat: TreeStat } | undefined> {
  const realPath = await disk.realPath(absolutePath);
  if (realPath === undefined) return undefined;
  const realRoot = await disk.realPath(root);
  if (realRoot === undefined || !isInside(realRoot, realPath)) return undefined;
  const stat = await disk.stat(realPath);
  return stat?.kind === 'file' ? { realPath, stat } : undefined;
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError({ code: 'tree-file-encoding', message: `${file} is not UTF-8 text`, cause, details: { file } });
  }
}
