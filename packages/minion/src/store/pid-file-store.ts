import fs from 'node:fs/promises';
import { minionError } from '../errors.ts';
import { readTextFile, replaceFile } from './replace-file-store.ts';

/** Writes this process's id; throws `minion-running` when the file names another process that lives. */
export async function claimPidFile(file: string): Promise<{ release(): Promise<void> }> {
  const text = (await readTextFile(file))?.trim() ?? '';
  const other = /^\d+$/.test(text) ? Number(text) : undefined;
  if (other !== undefined && other !== process.pid && (await isMinion(other))) {
    throw minionError('minion-running', `a minion runs already as process ${other} (named in ${file})`);
  }
  await replaceFile(file, `${process.pid}\n`, 0o644);
  return {
    release: async () => {
      if ((await readTextFile(file))?.trim() === String(process.pid)) await fs.rm(file, { force: true });
    },
  };
}

/** A process id is used again in time, so a living process counts only when it is a minion too. */
async function isMinion(pid: number): Promise<boolean> {
  const commandLine = await readTextFile(`/proc/${pid}/cmdline`).catch(() => undefined);
  return commandLine !== undefined && commandLine.includes('salt-minion');
}
