import { brineVersion, compatibleSaltVersion } from '@brine/modules';
import { describeError, exitCodeOf } from '../salt-call/describe-error.ts';
import { parseMinionCommandLine } from './command-line.ts';
import { goToBackground, reportToStarter } from './background-store.ts';
import { startMinion } from './salt-minion.ts';

/** Runs `salt-minion` as this process, until a signal ends it. */
export async function runSaltMinionProgram(words: readonly string[]): Promise<void> {
  try {
    const request = parseMinionCommandLine(words, () => `${compatibleSaltVersion} (Brine ${brineVersion()})`);
    if (request.task.kind === 'text') {
      process.stdout.write(request.task.text);
      return;
    }
    if (request.daemonise && process.send === undefined) {
      process.exitCode = await goToBackground(words);
      return;
    }
    const minion = await startMinion(request);
    reportToStarter();
    const end = (): void => {
      minion.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    };
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`salt-minion: ${describeError(error)}`);
  process.exit(exitCodeOf(error));
}
