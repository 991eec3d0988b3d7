import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { minionError } from '../errors.ts';

/** A folder of modules that the command line names, with the option that names it. */
export interface ModuleFolder {
  readonly option: '--module-dirs' | '--states-dir';
  readonly folder: string;
}

/** What Salt would load as a module. */
const python = /\.(?:py|pyc|pyx|so)$/;

/** How many files an error names. */
const namedAtMost = 5;

/**
 * Modules of folders are Python, which nothing here runs. A folder without any changes nothing and is told of by a warning;
 * one with some throws `call-option-unsupported` and names them, because a run would lack them.
 */
export async function checkModuleFolders(folders: readonly ModuleFolder[]): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const { option, folder } of folders) {
    const found = await findPython(folder);
    if (found === undefined) warnings.push(`${option} has no effect: the folder ${folder} does not exist`);
    else if (found.length === 0) warnings.push(`${option} has no effect: there are no modules in ${folder}`);
    else throw refusal(option, folder, found);
  }
  return warnings;
}

async function findPython(folder: string): Promise<readonly string[] | undefined> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => python.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw minionError('call-usage', `salt-call: ${folder} cannot be read: ${reason}`, { exitCode: 64, cause: error });
  }
}

function refusal(option: string, folder: string, found: readonly string[]): Error {
  const named = found.slice(0, namedAtMost).map((name) => path.join(folder, name));
  const more = found.length > named.length ? ` and ${found.length - named.length} more` : '';
  const message = `salt-call: ${option} names modules that are Python, which this program cannot run: ${named.join(', ')}${more}`;
  return minionError('call-option-unsupported', message, { exitCode: 64 });
}
