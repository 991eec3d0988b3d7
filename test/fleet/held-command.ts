import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { FleetFolder } from './fleet-folder.ts';

/** A command for `cmd.run` that runs until it is let go, and counts how often it was begun. */
export interface HeldCommand {
  readonly line: string;
  /** Resolves when it runs. */
  begun(): Promise<void>;
  /** Lets one run end. */
  release(): Promise<void>;
  timesBegun(): number;
}

/** Makes a command that waits at a named pipe. */
export function createHeldCommand(folder: FleetFolder, name: string): HeldCommand {
  const [pipe, count] = [folder.at(`${name}.fifo`), folder.at(`${name}.count`)];
  const { status, stderr } = spawnSync('mkfifo', [pipe], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return {
    line: `echo begun >> ${count}; cat ${pipe}`,
    begun: () => whenFilled(folder.path, count),
    release: async () => writeFile(pipe, 'let go\n'),
    timesBegun: () => readFileSync(count, 'utf8').split('\n').length - 1,
  };
}

/** Resolves when a file in a folder has content; gives up after 20 s. */
async function whenFilled(folder: string, file: string): Promise<void> {
  const isFilled = (): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  await new Promise<void>((resolve, reject) => {
    const settle = (finish: () => void): void => {
      watcher.close();
      clearTimeout(timer);
      finish();
    };
    const timer = setTimeout(() => settle(() => reject(new Error(`${file} stays empty`))), 20_000);
    const look = (): void => {
      if (isFilled()) settle(resolve);
    };
    const watcher = watch(folder, look);
    look();
  });
}
