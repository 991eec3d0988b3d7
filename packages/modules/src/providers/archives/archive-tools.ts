import { AppError } from '@brine/common';
import { splitWords } from '../../functions/split-words.ts';
import type { CommandResult, ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** An archive on this machine. */
export interface Archive {
  readonly path: string;
  readonly format: 'tar' | 'zip' | 'rar';
  /** Further options of the program that unpacks it. */
  readonly options: string | undefined;
  /** The command that decompresses a tar to have it listed where tar itself cannot. */
  readonly listOptions: string | undefined;
  readonly password: string | undefined;
}

/** One member of an archive. */
export interface Member {
  /** Its name as the archive has it; that of a directory ends in a slash. */
  readonly name: string;
  readonly kind: 'directory' | 'file' | 'symlink';
}

const tarEndings = /\.(tar|tar\.gz|tgz|tar\.bz2|tbz2|tbz|tar\.xz|txz|tar\.lzma|tlz|tar\.zst|tzst)$/;

/** The kind of an archive by the end of its name. */
export function formatOf(url: string): Archive['format'] | undefined {
  const name = url.replace(/^([a-z]+:\/\/[^?#]*)[?#].*$/i, '$1').toLowerCase();
  if (tarEndings.test(name)) return 'tar';
  if (name.endsWith('.zip')) return 'zip';
  return name.endsWith('.rar') ? 'rar' : undefined;
}

/**
 * What is in an archive. Throws `state-failed` when it cannot be read, has a member that would land outside of the
 * directory, or one whose name has a line break.
 */
export async function listArchive(host: ReadHost, archive: Archive): Promise<readonly Member[]> {
  const listers = { tar: listTar, zip: listZip, rar: listRar };
  const members = await listers[archive.format](host, archive);
  const outside = members.find(({ name }) => name.startsWith('/') || name.split('/').includes('..'));
  if (outside === undefined) return members;
  throw failure(`The archive has a member outside of its directory: ${outside.name}`);
}

function failure(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

const timeout = 600_000;

async function look(host: ReadHost, command: readonly string[]): Promise<readonly string[]> {
  const result = await host.inspect({ command, timeout, outputLimit: 64 * 1024 * 1024 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return linesOf(result);
}

function linesOf({ stdout }: CommandResult): readonly string[] {
  return stdout.split('\n').filter((line) => line !== '');
}

const kinds: Readonly<Record<string, Member['kind']>> = { d: 'directory', l: 'symlink' };

async function listTar(host: ReadHost, { path, listOptions }: Archive): Promise<readonly Member[]> {
  const list = ['tar', '--list', '--quoting-style=literal'];
  const plain = [...list, '--file', path];
  const isReadable = listOptions === undefined || (await host.inspect({ command: plain, timeout })).exitCode === 0;
  const command = isReadable ? plain : [...list, `--use-compress-program=${listOptions}`, '--file', path];
  return readListing(await look(host, command), await look(host, [...command, '--verbose']));
}

// What only bsdtar reads without a program that is not free; it writes line breaks of names as `\n`.
async function listRar(host: ReadHost, { path }: Archive): Promise<readonly Member[]> {
  const command = ['bsdtar', '--list', '--file', path];
  return readListing(await look(host, command), await look(host, [...command, '--verbose']));
}

function readListing(names: readonly string[], details: readonly string[]): readonly Member[] {
  if (names.length !== details.length) throw failure('The archive has a member whose name has a line break');
  return names.map((name, index) => {
    const kind = kinds[details[index]?.[0] ?? ''] ?? 'file';
    return { name: kind === 'directory' ? `${name.replace(/\/+$/, '')}/` : name, kind };
  });
}

async function listZip(host: ReadHost, { path, password }: Archive): Promise<readonly Member[]> {
  const names = await look(host, ['unzip', '-Z1', path]);
  const details = (await look(host, ['unzip', '-Z', '-s', '-h-', '-t-', path])).slice(-names.length);
  if (names.length !== details.length) throw failure('The archive has a member whose name has a line break');
  // A capital letter before the rest of the attributes says that the member is encrypted.
  if (password === undefined && details.some((line) => /^\S+\s+\S+\s+\S+\s+\d+\s+[BT]/.test(line)))
    throw failure("is password-protected, but no password was specified. Please set the 'password' argument.");
  return names.map((name, index) => {
    const kind = name.endsWith('/') ? 'directory' : (kinds[details[index]?.[0] ?? ''] ?? 'file');
    return { name, kind };
  });
}

/** The command that unpacks an archive into a directory; a zip must have no password. */
export function unpackCommand({ path, format, options }: Archive, directory: string): readonly string[] {
  if (format === 'tar')
    return ['tar', '--extract', '--verbose', '--file', path, '--directory', directory, ...tarOptions(options ?? '')];
  if (format === 'rar') return ['bsdtar', '--extract', '--file', path, '--directory', directory];
  return ['unzip', '-o', ...splitWords(options ?? ''), path, '-d', directory];
}

// Salt takes both `--strip-components=1` and the bundled old form `xvf` here; the latter's letters that say what to do
// and with which file are ours to say.
function tarOptions(options: string): readonly string[] {
  // That it tells what it does is ours to say; said twice it tells more.
  const words = splitWords(options).filter((word) => word !== '-v' && word !== '--verbose');
  return words.flatMap((word) => {
    if (word.startsWith('-')) return [word];
    const letters = word.replace(/[xfv]/g, '');
    return letters === '' ? [] : [`-${letters}`];
  });
}

/** How many leading parts of names tar is told to leave out. */
export function strippedParts({ format, options }: Archive): number {
  const found = /--strip(?:-components)?[= ]+["']?(\d+)/.exec(options ?? '')?.[1];
  return format === 'tar' ? Number(found ?? 0) : 0;
}
