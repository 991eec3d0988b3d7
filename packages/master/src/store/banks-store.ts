import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, decodeValue, encodeValue, resolveInside, type Value } from '@brine/common';
import { replaceFile } from '@brine/daemon';

/** Values by bank and key, kept as files. Banks nest: `a/b` lies in `a`. */
export interface Banks {
  store(bank: string, key: string, value: Value): Promise<void>;
  /** `undefined` when there is none. */
  fetch(bank: string, key: string): Promise<Value | undefined>;
  /** Keys and the banks inside, sorted. */
  list(bank: string): Promise<readonly string[]>;
  /** Whether there was anything to remove. */
  flush(bank: string, key?: string): Promise<boolean>;
}

const extension = '.p';

/** Keeps banks below a folder. Its methods throw `runner-arguments` for names that would lead out of it. */
export function createBanks(folder: string): Banks {
  return {
    async store(bank, key, value) {
      await replaceFile(fileOf(bank, key), encodeValue(value), 0o600);
    },
    async fetch(bank, key) {
      const content = await orMissing(readFile(fileOf(bank, key)));
      return content === undefined ? undefined : decodeValue(content);
    },
    async list(bank) {
      const entries = (await orMissing(readdir(folderOf(bank), { withFileTypes: true }))) ?? [];
      const names = entries.map((entry) =>
        entry.isDirectory() ? entry.name : entry.name.endsWith(extension) ? entry.name.slice(0, -extension.length) : '',
      );
      return [...new Set(names.filter((name) => name !== ''))].toSorted();
    },
    async flush(bank, key) {
      const target = key === undefined ? folderOf(bank) : fileOf(bank, key);
      const done = await orMissing(rm(target, { recursive: key === undefined }).then(() => true));
      return done ?? false;
    },
  };

  function folderOf(bank: string): string {
    const inside = resolveInside(folder, bank);
    if (inside === undefined || path.resolve(inside) === path.resolve(folder)) throw unusable(bank);
    return inside;
  }

  function fileOf(bank: string, key: string): string {
    if (key === '' || key.includes('/')) throw unusable(key);
    const file = resolveInside(folderOf(bank), `${key}${extension}`);
    if (file === undefined) throw unusable(key);
    return file;
  }
}

function unusable(name: string): AppError {
  return new AppError({ code: 'runner-arguments', message: `'${name}' cannot be the name of a bank or key` });
}

async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
