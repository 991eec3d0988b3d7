import { AppError } from '@brine/common';
import type { ReadHost } from '../../../kit/index.ts';
import { askRpm } from './rpm-database.ts';

/** How a file differs from what its package brought. */
export interface AlteredFile {
  readonly mismatch?: readonly string[];
  readonly missing?: true;
  readonly type?: string;
}

/** Files that differ, by path. */
export type AlteredFiles = Readonly<Record<string, AlteredFile>>;

/** What is left out of a look at files. */
export interface VerifyOptions {
  /** Kinds of files: config, doc, ghost, license, readme. */
  readonly ignoreTypes: readonly string[];
  /** Checks of rpm that are not made: nodeps, nosize … */
  readonly options: readonly string[];
}

const kinds: Readonly<Record<string, string>> = { c: 'config', d: 'doc', g: 'ghost', l: 'license', r: 'readme' };

// In the order of rpm's columns: a letter stands where a check failed.
const checks = [
  ['S', 'size'],
  ['M', 'mode'],
  ['5', 'md5sum'],
  ['D', 'device major/minor number'],
  ['L', 'readlink path'],
  ['U', 'user'],
  ['G', 'group'],
  ['T', 'mtime'],
  ['P', 'capabilities'],
] as const;

/** Compares the files of packages, of all without names, with what rpm knows. Throws `state-failed` when it cannot. */
export async function verifyFiles(
  host: ReadHost,
  names: readonly string[],
  { ignoreTypes, options }: VerifyOptions,
): Promise<AlteredFiles> {
  const odd = options.find((option) => !/^no[a-z0-9]+$/.test(option));
  if (odd !== undefined) throw failed(`${odd} is no option of rpm that leaves a check out`);
  const words = names.length === 0 ? ['-Va'] : ['-V', '--', ...names];
  const { exitCode, stdout, stderr } = await askRpm(host, [...options.map((option) => `--${option}`), ...words]);
  if (stdout.trim() === '' && exitCode !== 0) throw failed(stderr.trim());
  const rows = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(rows.map(readRow).filter(([, { type = '' }]) => !ignoreTypes.includes(type)));
}

function failed(reason: string): AppError {
  const message = `Failed to verify package(s)${reason === '' ? '' : `: ${reason}`}`;
  return new AppError({ code: 'state-failed', message });
}

function readRow(row: string): [string, AlteredFile] {
  const isMissing = row.startsWith('missing');
  const line = isMissing ? ` ${row}` : row;
  const kind = kinds[line.charAt(11)];
  const mismatch = checks.flatMap(([letter, what], column) => (line.charAt(column) === letter ? [what] : []));
  return [
    line.slice(13),
    { ...(isMissing ? { missing: true } : { mismatch }), ...(kind === undefined ? {} : { type: kind }) },
  ];
}
