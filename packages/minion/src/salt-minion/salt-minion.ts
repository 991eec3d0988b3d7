import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { becomeUser, claimPidFile, createLogger, isDetached, type LogTarget } from '@brine/daemon';
import {
  brineVersion,
  compatibleSaltVersion,
  encodeMessage,
  formatProblem,
  pythonStr,
  systemClock,
  type Dict,
  type Logger,
} from '@brine/common';
import { loadMinionOptions, type MinionOptions } from '../call/minion-options.ts';
import { createJobJournal } from '../daemon/job-journal.ts';
import { createMinionDaemon, type MinionDaemon } from '../daemon/minion-daemon.ts';
import { createWorkerLauncher } from '../daemon/worker-process-store.ts';
import { serveLink } from '../local-link/link-server-store.ts';
import { createBusOf } from '../session/minion-bus.ts';
import { openRecordLog } from '../store/record-log-store.ts';
import type { SaltMinionRequest } from './command-line.ts';

/** A minion that runs in this process. */
export interface RunningMinion {
  readonly logger: Logger;
  /** Lets running jobs end, sends what can be sent, and closes everything. */
  stop(): Promise<void>;
}

const drainMilliseconds = 8000;
// Salt's -1 stands for no limit; more than this only makes each of them slower.
const defaultJobLimit = 32;

/** Starts the minion that a command line asks for. Throws what a person can be told. */
export async function startMinion(request: SaltMinionRequest): Promise<RunningMinion> {
  const settings = await loadMinionOptions(request);
  const { options } = settings;
  becomeUser(textOf(options, 'user'));
  const pidFile = await claimPidFile(textOf(options, 'pidfile'), 'salt-minion');
  try {
    const logger = createLogger(logTargets(options));
    for (const problem of settings.problems) logger.warn('configuration', { problem: formatProblem(problem) });
    const running = await startDaemon(settings, logger);
    logger.info('minion started', { id: settings.id, version: brineVersion, master: options.get('master') });
    return {
      logger,
      stop: async () => {
        await running.stop();
        await pidFile.release();
        logger.info('minion stopped');
      },
    };
  } catch (error) {
    await pidFile.release();
    throw error;
  }
}

async function startDaemon(settings: MinionOptions, logger: Logger): Promise<Pick<RunningMinion, 'stop'>> {
  const { options } = settings;
  const cache = textOf(options, 'cachedir');
  const journal = await createJobJournal({
    opened: await openRecordLog(path.join(cache, 'jobs', 'journal')),
    clock: systemClock,
    logger: logger.child({ component: 'journal' }),
  });
  const daemon = await createMinionDaemon({
    createBus: (callbacks) => createBusOf(settings, logger.child({ component: 'bus' }), callbacks),
    journal,
    launcher: createWorkerLauncher(workerProgram()),
    clock: systemClock,
    logger: logger.child({ component: 'minion' }),
    random: Math.random,
    options,
    version: brineVersion,
    saltVersion: compatibleSaltVersion,
    jobLimit: jobLimit(options),
    drainMilliseconds,
  });
  const link = await serveLink(
    path.join(textOf(options, 'sock_dir'), 'minion.sock'),
    (verb, body) => answerCall(daemon, verb, body),
    logger.child({ component: 'link' }),
  );
  await daemon.start();
  return {
    stop: async () => {
      await daemon.stop();
      await link.close();
    },
  };
}

/** What a `salt-call` beside the daemon asks. */
async function answerCall(daemon: MinionDaemon, verb: string, body: Uint8Array): Promise<Uint8Array> {
  if (verb === 'local.options') return encodeMessage({ options: daemon.masterOptions() });
  return daemon.request(verb, body);
}

function workerProgram(): string {
  // Node cannot run a worker from TypeScript: under the test runner the built file serves.
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../dist/worker/program.js' : '../worker/program.js', import.meta.url));
}

function logTargets(options: Dict): readonly LogTarget[] {
  const level = pythonStr(options.get('log_level') ?? 'warning');
  const fileLevel = options.get('log_level_logfile') ?? level;
  const file: LogTarget = { level: pythonStr(fileLevel), to: textOf(options, 'log_file') };
  return isDetached() ? [file] : [file, { level, to: 'stderr' }];
}

function jobLimit(options: Dict): number {
  const limit = options.get('process_count_max');
  return typeof limit === 'number' && limit > 0 ? limit : defaultJobLimit;
}

function textOf(options: Dict, key: string): string {
  return pythonStr(options.get(key) ?? '');
}
