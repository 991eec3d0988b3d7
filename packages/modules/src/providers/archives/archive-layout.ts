import { strippedParts, type Archive, type Member } from './archive-tools.ts';

/** Where the members of an archive land, relative to where it is unpacked, as Salt counts them. */
export interface ArchiveLayout {
  /** Ending in a slash. */
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly links: readonly string[];
  readonly topDirectories: readonly string[];
  readonly topFiles: readonly string[];
  readonly topLinks: readonly string[];
}

/** Lays the members of an archive out. */
export function layOut(archive: Archive, members: readonly Member[]): ArchiveLayout {
  const strip = strippedParts(archive);
  const pathsOf = (kind: Member['kind']): readonly string[] => {
    const names = members.filter((member) => member.kind === kind).map(({ name }) => name);
    const implied = archive.format === 'zip' && kind === 'directory' ? parentsOf(members) : [];
    const paths = [...names, ...implied].map((name) => name.split('/').slice(strip).join('/'));
    return [...new Set(paths.filter((path) => path !== ''))].toSorted();
  };
  const directories = pathsOf('directory');
  const files = pathsOf('file');
  const links = pathsOf('symlink');
  return {
    directories,
    files,
    links,
    topDirectories: topDirectories(directories),
    topFiles: files.filter((path) => !path.includes('/')),
    topLinks: links.filter((path) => !path.includes('/')),
  };
}

// A zip need not name its directories.
function parentsOf(members: readonly Member[]): readonly string[] {
  return members
    .filter(({ name, kind }) => kind !== 'directory' && name.includes('/'))
    .map(({ name }) => name.slice(0, name.lastIndexOf('/') + 1));
}

// One at the top that all have in common need not be a member itself.
function topDirectories(directories: readonly string[]): readonly string[] {
  const tops = directories.filter((path) => path.indexOf('/') === path.length - 1);
  const common = `${directories[0]?.split('/')[0] ?? ''}/`;
  const isCommon = directories.length > 0 && directories.every((path) => path.startsWith(common));
  return isCommon && !tops.includes(common) ? [...tops, common] : tops;
}

/** The members as they are told in changes. */
export function toldMembers(archive: Archive, members: readonly Member[]): readonly string[] {
  const strip = strippedParts(archive);
  const kept = members.filter(({ name }) => name.split('/').slice(strip).join('/') !== '');
  const isBare = archive.format === 'tar' && archive.options === undefined;
  return kept.map(({ name }) => (isBare ? name.replace(/\/$/, '') : name));
}
