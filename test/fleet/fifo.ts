import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { FleetFolder } from './fleet-folder.ts';

/** A command for `cmd.run` that runs until it is let go, and counts how often it was begun. */
export interface HeldCommand {
  readonly line: string;
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
    release: async () => writeFile(pipe, 'let go\n'),
    timesBegun: () => readFileSync(count, 'utf8').split('\n').length - 1,
  };
}
