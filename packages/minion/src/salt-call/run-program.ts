import { runSaltCall } from './salt-call.ts';
import { createProcessTerminal } from './terminal.ts';

const signals: ReadonlyMap<NodeJS.Signals, number> = new Map([
  ['SIGINT', 130],
  ['SIGTERM', 143],
]);

/** Runs `salt-call` as this process. The first signal ends the call in an orderly way, the second at once. */
export async function runSaltCallProgram(words: readonly string[]): Promise<number> {
  const controller = new AbortController();
  let status: number | undefined;
  for (const [signal, code] of signals) {
    process.on(signal, () => {
      if (status !== undefined) process.exit(code);
      status = code;
      controller.abort();
    });
  }
  // Waiting for a master is no work that keeps a process alive.
  const keepAlive = setInterval(() => {}, 60_000);
  const ended = await runSaltCall(words, createProcessTerminal(), controller.signal);
  clearInterval(keepAlive);
  return status ?? ended;
}
