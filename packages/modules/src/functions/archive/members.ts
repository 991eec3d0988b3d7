import type { Plain } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';

/** A path in an archive. */
export interface ArchiveMember {
  /** Folders end in a slash. */
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'link';
}

/** What is in a tar archive, of any compression tar knows. */
export async function listTar({ host, signal }: FunctionContext, path: string): Promise<readonly ArchiveMember[]> {
  const command = ['tar', '--list', '--verbose', '--numeric-owner', '--quoting-style=escape', '--file', path];
  const result = await host.inspect({ command, signal });
  if (result.exitCode !== 0) throw failure(`Unable to list contents of ${path}: ${result.stderr.trim()}`);
  return result.stdout.split('\n').flatMap(readTarLine);
}

// `drwxr-xr-x 0/0               0 2024-01-01 10:00 p/etc/`
function readTarLine(line: string): readonly ArchiveMember[] {
  const [, letter = '', name = ''] = /^(.)\S+ +\S+ +[\d,]+ +\S+ +\S+ (.*)$/.exec(line) ?? [];
  if (name === '') return [];
  const path = unescapeName(letter === 'l' ? (name.split(' -> ')[0] ?? name) : name.replace(/ link to .*$/, ''));
  return [{ path, kind: letter === 'd' ? 'directory' : letter === 'l' ? 'link' : 'file' }];
}

function unescapeName(name: string): string {
  const bytes = name.replace(/\\([0-7]{3})/g, (_whole, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  const plain = bytes.replace(/\\(.)/g, '$1');
  return bytes === name ? plain : Buffer.from(plain, 'latin1').toString('utf8');
}

/** What is in a zip archive. */
export async function listZip({ host, signal }: FunctionContext, path: string): Promise<readonly ArchiveMember[]> {
  const result = await host.inspect({ command: ['unzip', '-Z', path], signal });
  if (result.exitCode !== 0) throw failure(`${path} is not a ZIP file`);
  const members = result.stdout.split('\n').flatMap((line): readonly ArchiveMember[] => {
    const [, letter = '', name = ''] = /^([dl-])\S+ +\S+ +\S+ +\d+ +\S+ +\S+ +\S+ +\S+ (.*)$/.exec(line) ?? [];
    if (name === '') return [];
    return [{ path: name, kind: letter === 'd' ? 'directory' : letter === 'l' ? 'link' : 'file' }];
  });
  // A zip need not have entries for its folders.
  const folders = new Set(members.map(({ path: each }) => each.slice(0, each.lastIndexOf('/') + 1)));
  const known = new Set(members.map(({ path: each }) => each));
  const missing = [...folders].filter((folder) => folder !== '' && !known.has(folder));
  return [...members, ...missing.map((folder) => ({ path: folder, kind: 'directory' as const }))];
}

/** The sorted paths of an archive, or with `verbose` by kind and with the top level named. */
export function describeMembers(members: readonly ArchiveMember[], verbose: boolean): Plain {
  if (!verbose) return members.map(({ path }) => path).toSorted();
  const ofKind = (kind: ArchiveMember['kind']): string[] =>
    members
      .filter((member) => member.kind === kind)
      .map(({ path }) => path)
      .toSorted();
  const [dirs, files, links] = [ofKind('directory'), ofKind('file'), ofKind('link')];
  const isTop = (path: string): boolean => !path.includes('/');
  const topFolders = dirs.filter((path) => path.indexOf('/') === path.length - 1);
  const [first] = dirs;
  const prefix = first === undefined ? '' : `${first.split('/')[0] ?? ''}/`;
  const isCommon = prefix !== '' && dirs.every((path) => path.startsWith(prefix)) && !topFolders.includes(prefix);
  return {
    dirs,
    files,
    links,
    top_level_dirs: isCommon ? [...topFolders, prefix] : topFolders,
    top_level_files: files.filter(isTop),
    top_level_links: links.filter(isTop),
  };
}
