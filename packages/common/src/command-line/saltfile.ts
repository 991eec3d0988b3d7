import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usageError, type CommandOptions } from './command-options.ts';

/** Where a Saltfile is looked for when none is named. */
export interface SaltfilePlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly home: string;
}

/**
 * The words of a command line with what the Saltfile says for the program before them, so that what was typed counts
 * more. The file is the one of `--saltfile`, else of `SALT_SALTFILE`, else `Saltfile` here, else `~/.salt/Saltfile`.
 * Throws `usage` when the one that was named does not exist, is no mapping, or names an option the program does not have.
 */
export async function withSaltfile(
  words: readonly string[],
  program: string,
  command: CommandOptions,
  places: SaltfilePlaces = { environment: process.env, folder: process.cwd(), home: homedir() },
): Promise<readonly string[]> {
  const file = findSaltfile(words, places);
  if (file === undefined) return words;
  // Reading YAML is left to those who have such a file.
  const { readSaltfile } = await import('./read-saltfile.ts');
  return [...readSaltfile(file, program, command), ...words];
}

/** Whether an option is the one that names a Saltfile, which is read before any other. */
export const saltfileFlags = '--saltfile <file>';

function findSaltfile(words: readonly string[], { environment, folder, home }: SaltfilePlaces): string | undefined {
  const named = namedIn(words) ?? environment['SALT_SALTFILE'];
  if (named !== undefined && named !== '') {
    const file = resolve(folder, named);
    if (!isFile(file)) throw usageError(`the Saltfile ${file} does not exist`);
    return file;
  }
  return [join(folder, 'Saltfile'), join(home, '.salt', 'Saltfile')].find(isFile);
}

function namedIn(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const index = options.findLastIndex((word) => word === '--saltfile' || word.startsWith('--saltfile='));
  const word = options[index];
  return word === '--saltfile' ? options[index + 1] : word?.slice('--saltfile='.length);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
