import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What is told of a program that runs on. */
export interface Follower {
  /** A line of what it writes to its standard error. */
  onLine(line: string): void;
  /** It ended, or could not be started. Told once. */
  onEnd(): void;
}

/** Starts a program that runs until it is closed or ends by itself, such as `strace`; it ends with this process. */
export function followProgram([program = '', ...args]: readonly string[], follower: Follower): { close(): void } {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let isOver = false;
  const end = (): void => {
    if (!isOver) follower.onEnd();
    isOver = true;
  };
  createInterface({ input: child.stderr }).on('line', (line) => follower.onLine(line));
  child.on('error', end);
  child.on('close', end);
  return { close: () => void child.kill('SIGTERM') };
}
