import { constants } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compileGlob,
  compilePythonRegex,
  pythonStr,
  type Clock,
  type Dict,
  type Logger,
  type MinionId,
} from '@brine/common';
import { readTextFile } from '@brine/daemon';

/** What the master's configuration says of new keys that nobody looks at. */
export interface AdmissionRules {
  /** `undefined` when a person is to decide. */
  judge(id: MinionId, grains: Dict | undefined): Promise<'accept' | 'reject' | undefined>;
}

/** Where the rules are; a path that is not given has no rules. */
export interface AdmissionOptions {
  readonly pkiDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly autoAccept: boolean;
  readonly autosignFile: string | undefined;
  readonly autorejectFile: string | undefined;
  readonly autosignGrainsDirectory: string | undefined;
  /** Minutes for which a stub in `minions_autosign` is good; 0 is for ever. */
  readonly autosignTimeout: number;
  /** Whether files may be writable by their group. */
  readonly permissive: boolean;
}

/** Reads the rules anew for every key, as Salt does: files may change at any time. Rejection goes first. */
export function createAdmissionRules(options: AdmissionOptions): AdmissionRules {
  return {
    async judge(id, grains) {
      if (await isListed(id, options.autorejectFile, options)) return 'reject';
      if (options.autoAccept || (await isListed(id, options.autosignFile, options))) return 'accept';
      if (await takeStub(id, options)) return 'accept';
      return (await hasSigningGrain(grains, options)) ? 'accept' : undefined;
    },
  };
}

/** Globs, ids and regular expressions, one a line. */
async function isListed(id: MinionId, file: string | undefined, options: AdmissionOptions): Promise<boolean> {
  const lines = file === undefined ? [] : await linesOf(file, options);
  return lines.some((line) => line === id || compileGlob(line)(id) || matchesWhole(line, id));
}

function matchesWhole(pattern: string, id: string): boolean {
  try {
    return compilePythonRegex(`\\A(?:${pattern})\\Z`, '', 'administrator').test(id);
  } catch {
    // A glob need not be a regular expression too.
    return false;
  }
}

/** A file named like the minion in `minions_autosign` lets it in once. */
async function takeStub(id: MinionId, options: AdmissionOptions): Promise<boolean> {
  const folder = join(options.pkiDirectory, 'minions_autosign');
  const oldest = options.clock.now() - options.autosignTimeout * 60_000;
  for (const name of await namesIn(folder)) {
    const modifiedAt = (await statOf(join(folder, name)))?.mtimeMs;
    if (options.autosignTimeout === 0 || modifiedAt === undefined || modifiedAt >= oldest) continue;
    options.logger.warn('autosign stub expired', { id: name });
    await rm(join(folder, name), { force: true });
  }
  if (!(await namesIn(folder)).includes(id)) return false;
  await rm(join(folder, id), { force: true });
  return true;
}

/** A file a grain, with one value that signs a line. */
async function hasSigningGrain(grains: Dict | undefined, options: AdmissionOptions): Promise<boolean> {
  const folder = options.autosignGrainsDirectory;
  if (folder === undefined || grains === undefined) return false;
  for (const name of await namesIn(folder)) {
    const value = grains.get(name);
    if (value === undefined) continue;
    if ((await linesOf(join(folder, name), options)).includes(pythonStr(value))) return true;
  }
  return false;
}

async function linesOf(file: string, { permissive, logger }: AdmissionOptions): Promise<readonly string[]> {
  const { mode } = (await statOf(file)) ?? {};
  if (mode === undefined) return [];
  const forbidden = permissive ? constants.S_IWOTH : constants.S_IWOTH | constants.S_IWGRP;
  if ((mode & forbidden) !== 0) {
    logger.warn('a file that signs keys is ignored: others may write to it', { file });
    return [];
  }
  const lines = ((await readTextFile(file)) ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function statOf(file: string): Promise<{ readonly mode: number; readonly mtimeMs: number } | undefined> {
  try {
    return await stat(file);
  } catch {
    return undefined;
  }
}
