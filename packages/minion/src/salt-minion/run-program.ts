import {
  brineVersion,
  compatibleSaltVersion,
  noFailpoints,
  prepareWords,
  versionsReport,
  type Logger,
} from '@brine/common';
import {
  announceReady,
  detach,
  endSignal,
  isDetached,
  logSurprises,
  onHangup,
  restrictUmask,
  startAgain,
} from '@brine/daemon';
import { describeError, exitCodeOf } from '../salt-call/describe-error.ts';
import type { MinionFailpoints } from '../daemon/failpoints.ts';
import { parseMinionCommandLine, saltMinionCommand, type SaltMinionRequest } from './command-line.ts';
import { startMinion } from './salt-minion.ts';

/**
 * Runs `salt-minion` with the words of a command line until a signal ends it; resolves with the status to exit with. Fault
 * tests hand in failpoints; nothing else can.
 */
export async function runSaltMinionProgram(words: readonly string[], failpoints?: MinionFailpoints): Promise<number> {
  try {
    const version = `${brineVersion} (Brine; behaves as Salt ${compatibleSaltVersion})`;
    const request = parseMinionCommandLine(
      await prepareWords(words, 'salt-minion', saltMinionCommand()),
      () => version,
    );
    if (request.task.kind === 'text') {
      process.stdout.write(request.task.text);
      return 0;
    }
    if (request.task.kind === 'versions') {
      process.stdout.write(versionsReport());
      return 0;
    }
    if (!request.daemonise || isDetached()) return await serve(request, failpoints);
    await detach();
    return 0;
  } catch (error) {
    process.stderr.write(`salt-minion: ${describeError(error)}`);
    return exitCodeOf(error);
  }
}

async function serve(request: SaltMinionRequest, failpoints: MinionFailpoints = noFailpoints): Promise<number> {
  const asked = endSignal();
  const hangup = onHangup();
  restrictUmask();
  const minion = await startMinion(request, failpoints);
  logSurprises(minion.logger);
  hangup.whenReady(minion.logger, () => minion.reload());
  announceReady();
  const end = await Promise.race([asked, minion.failed, minion.dismissed]);
  if (end instanceof Error) {
    await minion.stop();
    throw end;
  }
  minion.logger.info('minion stops', { reason: typeof end === 'string' ? end : 'it was asked to' });
  await minion.stop();
  // What starts it again may first have this process end by a signal.
  if (typeof end !== 'string' && end.restart !== undefined)
    await Promise.race([restart(end.restart, minion.logger), asked]);
  return 0;
}

async function restart(command: readonly string[], logger: Logger): Promise<void> {
  const outcome = await startAgain(command, patienceMilliseconds);
  if (outcome === undefined) logger.info('minion is started again', { command });
  else logger.error('minion could not be started again', { command, reason: outcome });
}

// A command that does not end by itself is the minion.
const patienceMilliseconds = 30_000;
