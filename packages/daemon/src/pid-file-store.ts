import fs from 'node:fs/promises';
import { daemonError } from './errors.ts';
import { readTextFile, replaceFile } from './replace-file-store.ts';

/** A pid file that names this process. */
export interface PidFile {
  /** Removes the file, if it still names this process. */
  release(): Promise<void>;
}

/** Writes this process's id; throws `daemon-running` when the file names another living process of `program`. */
export async function claimPidFile(file: string, program: string): Promise<PidFile> {
  const text = (await readTextFile(file))?.trim() ?? '';
  const other = /^\d+$/.test(text) ? Number(text) : undefined;
  if (other !== undefined && other !== process.pid && (await runs(other, program))) {
    throw daemonError('daemon-running', `${program} runs already as process ${other} (named in ${file})`);
  }
  await replaceFile(file, `${process.pid}\n`, 0o644);
  return {
    release: async () => {
      if ((await readTextFile(file))?.trim() === String(process.pid)) await fs.rm(file, { force: true });
    },
  };
}

/** A process id is used again in time, so a living process counts only when it is the same program. */
async function runs(pid: number, program: string): Promise<boolean> {
  const commandLine = await readTextFile(`/proc/${pid}/cmdline`).catch(() => undefined);
  return commandLine !== undefined && commandLine.includes(program);
}
