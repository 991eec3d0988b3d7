import { posix } from 'node:path';
import { compareTexts } from '@brine/common';
import type { TreeDisk, TreeStat } from './tree-disk.ts';

/** A file, directory or symlink of an environment. */
export interface ManifestEntry {
  /** Path below the root. */
  readonly path: string;
  /** What a reader gets: a symlink counts as what it leads to. */
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly mode: number;
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
  /** Where the path leads, as written, when it is a symlink. */
  readonly linkTarget?: string;
  /** The same with all symlinks followed: what to open. */
  readonly realPath: string;
  /** Another text whenever the content may be another; absent where the disk cannot tell. */
  readonly version?: string;
}

/** Everything an environment serves. */
export interface FileManifest {
  /** Sorted by path, each path once: the first root that has it serves it. */
  readonly entries: readonly ManifestEntry[];
  readonly files: readonly string[];
  readonly directories: readonly string[];
  readonly emptyDirectories: readonly string[];
  /** Path of each symlink → its target as written. */
  readonly symlinks: ReadonlyMap<string, string>;
}

/** What a walk over roots may enter. */
export interface WalkOptions {
  readonly disk: TreeDisk;
  readonly isIgnored: (path: string) => boolean;
  readonly followSymlinks: boolean;
  readonly ignoreSymlinks: boolean;
}

interface Walk extends WalkOptions {
  readonly realRoot: string;
  readonly entries: Map<string, ManifestEntry>;
  readonly emptyDirectories: Set<string>;
}

interface Folder {
  readonly absolutePath: string;
  readonly path: string;
  /** Real paths of this folder and those above it, against circles of links. */
  readonly ancestors: readonly string[];
}

/** Lists what the roots serve. Links that lead out of their root, or nowhere, are left out. */
export async function buildManifest(roots: readonly string[], options: WalkOptions): Promise<FileManifest> {
  const entries = new Map<string, ManifestEntry>();
  const emptyDirectories = new Set<string>();
  for (const root of roots) {
    const realRoot = await options.disk.realPath(root);
    if (realRoot === undefined) continue;
    const walk: Walk = { ...options, realRoot, entries, emptyDirectories };
    await walkFolder(walk, { absolutePath: realRoot, path: '', ancestors: [realRoot] });
  }
  return summarize([...entries.values()], emptyDirectories);
}

function summarize(unsorted: ManifestEntry[], emptyDirectories: ReadonlySet<string>): FileManifest {
  const entries = unsorted.toSorted((a, b) => compareTexts(a.path, b.path));
  const symlinks = new Map<string, string>();
  for (const { path, linkTarget } of entries) if (linkTarget !== undefined) symlinks.set(path, linkTarget);
  const pathsOf = (kind: ManifestEntry['kind']): string[] =>
    entries.filter((entry) => entry.kind === kind).map((entry) => entry.path);
  const directories = pathsOf('directory');
  return {
    entries,
    files: pathsOf('file'),
    directories,
    emptyDirectories: directories.filter((path) => emptyDirectories.has(path)),
    symlinks,
  };
}

async function walkFolder(walk: Walk, folder: Folder): Promise<void> {
  const names = (await walk.disk.list(folder.absolutePath)) ?? [];
  if (names.length === 0 && folder.path !== '') walk.emptyDirectories.add(folder.path);
  for (const name of names) await visit(walk, folder, name);
}

async function visit(walk: Walk, folder: Folder, name: string): Promise<void> {
  const absolutePath = posix.join(folder.absolutePath, name);
  const path = folder.path === '' ? name : `${folder.path}/${name}`;
  if (walk.isIgnored(path)) return;
  const found = await look(walk, absolutePath);
  if (found === undefined || found.stat.kind === 'symlink') return;
  const { realPath } = found;
  const { kind } = found.stat;
  const link = found.linkTarget === undefined ? {} : { linkTarget: found.linkTarget };
  if (!walk.entries.has(path)) walk.entries.set(path, { path, realPath, ...found.stat, kind, ...link });
  if (kind !== 'directory' || folder.ancestors.includes(found.realPath)) return;
  if (found.linkTarget !== undefined && !walk.followSymlinks) return;
  const ancestors = [...folder.ancestors, found.realPath];
  await walkFolder(walk, { absolutePath: found.realPath, path, ancestors });
}

interface Found {
  readonly stat: TreeStat;
  readonly realPath: string;
  readonly linkTarget?: string;
}

async function look(walk: Walk, absolutePath: string): Promise<Found | undefined> {
  const stat = await walk.disk.stat(absolutePath);
  if (stat?.kind !== 'symlink') return stat && { stat, realPath: absolutePath };
  if (walk.ignoreSymlinks) return undefined;
  const linkTarget = await walk.disk.readLink(absolutePath);
  const realPath = await walk.disk.realPath(absolutePath);
  if (linkTarget === undefined || realPath === undefined || !isInside(walk.realRoot, realPath)) return undefined;
  const target = await walk.disk.stat(realPath);
  return target && { stat: target, realPath, linkTarget };
}

/** Whether a real path lies in a real root, or is it. */
export function isInside(realRoot: string, realPath: string): boolean {
  return realPath === realRoot || realPath.startsWith(realRoot === '/' ? '/' : `${realRoot}/`);
}
