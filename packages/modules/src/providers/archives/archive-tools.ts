import { AppError } from '@brine/common';
import { splitWords } from '../../functions/split-words.ts';
import type { ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** An archive on this machine. */
export interface Archive {
  readonly path: string;
  readonly format: 'tar' | 'zip';
  /** Further options of the program that unpacks it. */
  readonly options: string;
}

/** The kind of an archive by its name; tar for what is not known, for tar tells by itself how one is compressed. */
export function formatOf(name: string): Archive['format'] {
  return /\.(zip|jar|war|ear|whl)(\?.*)?$/i.test(name) ? 'zip' : 'tar';
}

/**
 * What is in an archive; directories end in a slash. Throws `state-failed` when it cannot be read, or has a member
 * that would land outside of the directory.
 */
export async function listArchive(host: ReadHost, { path, format }: Archive): Promise<readonly string[]> {
  const command = format === 'zip' ? ['unzip', '-Z1', path] : ['tar', '--list', '--file', path];
  const result = await host.inspect({ command, timeout: 600_000, outputLimit: 64 * 1024 * 1024 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const members = result.stdout.split('\n').filter((member) => member !== '');
  const outside = members.find((member) => member.startsWith('/') || member.split('/').includes('..'));
  if (outside === undefined) return members;
  throw new AppError({
    code: 'state-failed',
    message: `The archive has a member outside of its directory: ${outside}`,
  });
}

/** The command that unpacks an archive into a directory. */
export function unpackCommand({ path, format, options }: Archive, directory: string): readonly string[] {
  if (format === 'zip') return ['unzip', '-o', '-q', ...splitWords(options), path, '-d', directory];
  return ['tar', '--extract', '--file', path, '--directory', directory, ...tarOptions(options)];
}

// Salt takes both `--strip-components=1` and the bundled old form `xvf` here; the latter's letters that say what to do
// and with which file are ours to say.
function tarOptions(options: string): readonly string[] {
  const words = splitWords(options);
  return words.flatMap((word) => {
    if (word.startsWith('-')) return [word];
    const letters = word.replace(/[xf]/g, '');
    return letters === '' ? [] : [`-${letters}`];
  });
}

/** The paths at the top of an archive, with options that leave leading parts out taken into account. */
export function topMembers(members: readonly string[], options: string): readonly string[] {
  const strip = Number(/--strip(?:-components)?[= ](\d+)/.exec(options)?.[1] ?? 0);
  const tops = members.map((member) => member.replace(/^\.\//, '').split('/').slice(strip)[0] ?? '');
  return [...new Set(tops.filter((top) => top !== '' && top !== '.'))];
}

/** The paths an archive's members get, relative to where it is unpacked. */
export function memberPaths(members: readonly string[], options: string): readonly string[] {
  const strip = Number(/--strip(?:-components)?[= ](\d+)/.exec(options)?.[1] ?? 0);
  const paths = members.map((member) =>
    member.replace(/^\.\//, '').replace(/\/$/, '').split('/').slice(strip).join('/'),
  );
  return [...new Set(paths.filter((path) => path !== '' && path !== '.'))];
}
