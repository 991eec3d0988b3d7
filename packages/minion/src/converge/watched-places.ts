import fs from 'node:fs';
import path from 'node:path';
import type { ManagedFile } from '@brine/sls';
import { listTree } from './file-looks.ts';

/** Where it shows that managed files drift, as the machine is now. */
export interface WatchedPlaces {
  /** Place → the path that is managed: other than the place for one inside a tree. */
  readonly owners: ReadonlyMap<string, string>;
  /** Places that are trees, or inside one. */
  readonly trees: ReadonlySet<string>;
  /** Where a symlink leads → the symlinks. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** The folders in which something happens when one of the places changes. */
  readonly folders: ReadonlySet<string>;
  /** The nearest folder above a place that is there. */
  around(place: string): string;
}

/** Finds out. */
export async function surveyPlaces(files: readonly ManagedFile[]): Promise<WatchedPlaces> {
  const owners = await ownersOf(files);
  const roots = new Set(files.filter(({ isTree }) => isTree).map((file) => file.path));
  const around = rememberFolders();
  const folders = new Set<string>();
  const trees = new Set<string>();
  const aliases = new Map<string, string[]>();
  for (const [place, owner] of owners) {
    const { isFolder, target } = await kindOf(place);
    folders.add(around(place));
    if (roots.has(owner)) trees.add(place);
    if (isFolder && roots.has(owner)) folders.add(place);
    if (target === undefined) continue;
    folders.add(around(target));
    aliases.set(target, [...(aliases.get(target) ?? []), place]);
  }
  return { owners, trees, aliases, folders, around };
}

/** What shows, or may show, that something happened at a place in a folder. */
export function placesAt(places: WatchedPlaces, folder: string, place: string): readonly string[] {
  const found = [...(places.aliases.get(place) ?? [])];
  if (places.owners.has(place)) found.push(place);
  if (places.trees.has(folder)) found.push(folder);
  return found;
}

/** What lies below a place that came, went or changed. */
export function placesBelow({ owners }: WatchedPlaces, place: string): readonly string[] {
  const below = place === '/' ? '/' : `${place}/`;
  return [...owners.keys()].filter((managed) => managed.startsWith(below));
}

async function ownersOf(files: readonly ManagedFile[]): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  for (const { path: place, isTree } of files) {
    if (isTree) for (const inside of await listTree(place)) owners.set(inside, place);
    owners.set(place, place);
  }
  return owners;
}

function rememberFolders(): WatchedPlaces['around'] {
  const nearest = new Map<string, string>();
  return (place) => {
    const folder = path.dirname(place);
    const found = nearest.get(folder) ?? nearestFolder(folder);
    nearest.set(folder, found);
    return found;
  };
}

interface Kind {
  readonly isFolder: boolean;
  /** Where a symlink leads. */
  readonly target?: string;
}

async function kindOf(place: string): Promise<Kind> {
  try {
    const stat = await fs.promises.lstat(place);
    if (!stat.isSymbolicLink()) return { isFolder: stat.isDirectory() };
    return { isFolder: false, target: await fs.promises.realpath(place) };
  } catch {
    return { isFolder: false };
  }
}

function nearestFolder(folder: string): string {
  for (let place = folder; ; place = path.dirname(place)) if (isFolder(place) || place === '/') return place;
}

function isFolder(place: string): boolean {
  return fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}
