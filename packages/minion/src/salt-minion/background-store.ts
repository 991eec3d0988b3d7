import { fork } from 'node:child_process';

/**
 * Starts this program anew without a terminal and waits until it is up, so that whoever started it learns whether it
 * is. Returns the status to end with; what the program said on its way is shown.
 */
export async function goToBackground(words: readonly string[]): Promise<number> {
  const program = process.argv[1] ?? '';
  const child = fork(program, [...words], { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  child.stderr?.pipe(process.stderr);
  const status = await new Promise<number>((resolve) => {
    child.once('message', () => resolve(0));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  child.stderr?.unpipe(process.stderr);
  child.stderr?.destroy();
  if (child.connected) child.disconnect();
  child.unref();
  return status;
}

/** Tells the process that started this one in the background, if any did, that it is up. */
export function reportToStarter(): void {
  process.send?.('up');
}
