import { spawn } from 'node:child_process';
import { daemonError } from './errors.ts';

/** Set in the environment of the process that {@link detach} starts. */
const marker = 'BRINE_DETACHED';

/** Whether this process is the one that {@link detach} started. */
export function isDetached(): boolean {
  return process.env[marker] !== undefined && process.send !== undefined;
}

/**
 * Starts this program again in a session of its own, without a terminal, and resolves when it says that it is ready.
 * Throws `daemon-not-ready` with what it printed when it ends instead.
 */
export async function detach(): Promise<{ readonly pid: number }> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, [marker]: '1' },
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-10_000);
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => {
      child.stderr?.destroy();
      child.disconnect();
      child.unref();
      resolve({ pid: child.pid ?? 0 });
    });
    child.once('error', (cause) => reject(notReady(cause.message, cause)));
    child.once('exit', (code, signal) => reject(notReady(withoutName(said) || `it ended (${signal ?? code})`)));
  });
}

/** Tells the process that waits in {@link detach} that everything is up. Does nothing in other processes. */
export function announceReady(): void {
  if (!isDetached()) return;
  process.send?.('ready');
  process.once('disconnect', () => {});
  // Nobody reads standard error any more once the starter is gone.
  process.stderr.on('error', () => {});
}

/**
 * Runs the command that starts this program again after its end. Resolves when it has ended or the time, in milliseconds,
 * is over: with what went wrong, `undefined` for nothing.
 */
export function startAgain(command: readonly string[], patience: number): Promise<string | undefined> {
  const [file = '', ...words] = command;
  const { [marker]: _mark, ...env } = process.env;
  const child = spawn(file, words, { detached: true, stdio: 'ignore', env });
  child.unref();
  return new Promise((resolve) => {
    const settle = (outcome?: string): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    // Not the clock's: this one keeps the process, which nothing else does any more.
    const timer = setTimeout(settle, patience);
    child.once('error', ({ message }) => settle(message));
    child.once('exit', (code, signal) => settle(code === 0 ? undefined : `it ended (${signal ?? code})`));
  });
}

function notReady(reason: string, cause?: unknown): Error {
  return daemonError('daemon-not-ready', reason, { cause });
}

/** The program that reports the error puts its name before it once more. */
function withoutName(said: string): string {
  return said.trim().replace(/^[\w-]+: /, '');
}
