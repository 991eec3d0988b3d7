import path from 'node:path';
import { becomeUser, claimPidFile, isDetached, openLog, openSpaceReserve, type LogTarget } from '@brine/daemon';
import type { MinionState, MinionStateDetails } from '@brine/bus';
import {
  brineVersion,
  compatibleSaltVersion,
  decodeMessage,
  formatProblem,
  noFailpoints,
  pythonStr,
  systemClock,
  type AppError,
  type Dict,
  type Failpoints,
  type Logger,
} from '@brine/common';
import { loadMinionOptions, type MinionOptions } from '../call/minion-options.ts';
import { guard, type MinionFailpoints } from '../daemon/failpoints.ts';
import { createJobJournal, type JobJournal } from '../daemon/job-journal.ts';
import { createMinionDaemon, type MinionDaemon } from '../daemon/minion-daemon.ts';
import { createWorkerLauncher } from '../daemon/worker-process-store.ts';
import { workerProgram } from '../daemon/worker-program.ts';
import { serveLink } from '../local-link/link-server-store.ts';
import { createMasterStanding, explainRefusal, type MasterStanding } from '../session/master-standing.ts';
import { createBusOf } from '../session/minion-bus.ts';
import { createCompanionsOf } from './companions-of.ts';
import { createOutbox, type Outbox } from '@brine/returners';
import { handOn } from '../returns/hand-on.ts';
import { createInterruptedReader } from '../state-journal/interrupted-runs.ts';
import { createRunFileStore, stateJournalFolder } from '../state-journal/run-file-store.ts';
import { openMinionKeys } from '../store/minion-key-store.ts';
import { openRecordLog } from '../store/record-log-store.ts';
import type { SaltMinionRequest } from './command-line.ts';

/** That a minion was asked to end, and what is to be run then. */
export interface Dismissal {
  readonly restart: readonly string[] | undefined;
}

/** A minion that runs in this process. */
export interface RunningMinion {
  readonly logger: Logger;
  /** Resolves with the reason when this minion must not go on; then it is to be stopped. */
  readonly failed: Promise<AppError>;
  /** Resolves when it was asked to end (`minion.kill`), with the command that starts it again if one is to. */
  readonly dismissed: Promise<Dismissal>;
  /** Reads the configuration again and takes over what can change; throws what is wrong with it, and goes on as before. */
  reload(): Promise<void>;
  /** Lets running jobs end, sends what can be sent, and closes everything. */
  stop(): Promise<void>;
}

const drainMilliseconds = 8000;
// Milliseconds that a call beside this daemon waits for a session unless it says how long.
const defaultPatience = 60_000;
// Salt's -1 stands for no limit; more than this only makes each of them slower.
const defaultJobLimit = 32;

// Room for returns while the disk is full, and what must be free beside it for a new job.
const keptSpace = { bytes: 4_194_304, margin: 2_097_152 };

/** Starts the minion that a command line asks for. Throws what a person can be told. */
export async function startMinion(
  request: SaltMinionRequest,
  failpoints: MinionFailpoints = noFailpoints,
): Promise<RunningMinion> {
  const settings = await loadMinionOptions(request);
  const { options } = settings;
  becomeUser(textOf(options, 'user'));
  const pidFile = await claimPidFile(textOf(options, 'pidfile'), 'salt-minion');
  try {
    const log = openLog(logTargets(options));
    const { logger } = log;
    for (const problem of settings.problems) logger.warn('configuration', { problem: formatProblem(problem) });
    const running = await startDaemon(settings, logger, failpoints);
    logger.info('minion started', { id: settings.id, version: brineVersion, master: options.get('master') });
    return {
      logger,
      failed: running.failed,
      dismissed: running.dismissed,
      reload: async () => {
        const next = await loadMinionOptions(request);
        log.retarget(logTargets(next.options));
        for (const problem of next.problems) logger.warn('configuration', { problem: formatProblem(problem) });
        running.reload(next.options);
      },
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

// oxlint-disable-next-line max-lines-per-function -- wires parts that need each other
async function startDaemon(
  settings: MinionOptions,
  logger: Logger,
  failpoints: MinionFailpoints,
): Promise<Pick<RunningMinion, 'failed' | 'dismissed' | 'stop'> & Pick<MinionDaemon, 'reload'>> {
  const { options } = settings;
  const standing = createMasterStanding(settings.id, systemClock);
  let fail: (mistake: AppError) => void = () => {};
  const failed = new Promise<AppError>((resolve) => (fail = resolve));
  let dismiss: (dismissal: Dismissal) => void = () => {};
  const dismissed = new Promise<Dismissal>((resolve) => (dismiss = resolve));
  const cache = textOf(options, 'cachedir');
  const keys = guard('key', await openMinionKeys(textOf(options, 'pki_dir'), failpoints), failpoints);
  const journal = guard('journal', await openJournal(cache, logger, failpoints), failpoints);
  const outbox = await openOutbox(settings, logger, failpoints);
  const daemon = await createMinionDaemon({
    createBus: (callbacks) =>
      createBusOf(settings, { keys, logger: logger.child({ component: 'bus' }), failpoints }, callbacks),
    rotateKey: () => keys.rotate(),
    journal,
    launcher: createWorkerLauncher(failpoints.workerProgram ?? workerProgram()),
    clock: systemClock,
    logger: logger.child({ component: 'minion' }),
    random: Math.random,
    options,
    version: brineVersion,
    saltVersion: compatibleSaltVersion,
    jobLimit: jobLimit(options),
    drainMilliseconds,
    end: (restart) => dismiss({ restart }),
    ...(isDetached() ? { ownCommand: [process.execPath, ...process.execArgv, ...process.argv.slice(1)] } : {}),
    companions: (host) => createCompanionsOf({ options, logger, failpoints }, host),
    handOn: async (job, jobReturn) => handOn(job, jobReturn, { id: settings.id, options, outbox, logger }),
    describeInterrupted: createInterruptedReader(createRunFileStore(path.join(cache, stateJournalFolder)), logger),
    onState: (state, details) => {
      standing.follow(state, details);
      const mistake = explainMistake(settings, { state, details, wasAccepted: standing.wasAccepted });
      if (mistake !== undefined) fail(mistake);
    },
  });
  const link = await serveLink(
    path.join(textOf(options, 'sock_dir'), 'minion.sock'),
    (verb, body) => answerCall({ daemon, standing }, verb, body),
    logger.child({ component: 'link' }),
  );
  await daemon.start();
  return {
    failed,
    dismissed,
    reload: (wanted) => daemon.reload(wanted),
    stop: async () => {
      await daemon.stop();
      await outbox.stop();
      await link.close();
    },
  };
}

async function openOutbox({ options, id }: MinionOptions, logger: Logger, failpoints: Failpoints): Promise<Outbox> {
  const outbox = createOutbox({
    folder: path.join(textOf(options, 'cachedir'), 'returns'),
    ...{ options: () => options, id, clock: systemClock, failpoints },
    logger: logger.child({ component: 'returners' }),
  });
  await outbox.start();
  return outbox;
}

async function openJournal(cache: string, logger: Logger, failpoints: Failpoints): Promise<JobJournal> {
  const reserve = openSpaceReserve({ file: path.join(cache, 'jobs', 'reserve'), ...keptSpace });
  return createJobJournal({
    opened: await openRecordLog(path.join(cache, 'jobs', 'journal'), { reserve, failpoints }),
    hasRoom: () => reserve.hasRoom(),
    clock: systemClock,
    logger: logger.child({ component: 'journal' }),
  });
}

/**
 * The first master this process meets is not the one of `master_finger`: a mistake somebody has to look at. Later it can
 * only be another that came between, who must not be able to stop a minion.
 */
function explainMistake(
  { id, options }: MinionOptions,
  seen: { readonly state: MinionState; readonly details: MinionStateDetails; readonly wasAccepted: boolean },
): AppError | undefined {
  const isFirst = seen.state === 'master-key-changed' && !seen.wasAccepted;
  return isFirst && textOf(options, 'master_finger') !== '' ? explainRefusal(seen.state, seen.details, id) : undefined;
}

/** Answers a `salt-call` beside the daemon; one that asks for options wants a session, and waits for it. */
async function answerCall(
  { daemon, standing }: { readonly daemon: MinionDaemon; readonly standing: MasterStanding },
  verb: string,
  body: Uint8Array,
): Promise<Uint8Array> {
  if (verb === 'local.options') {
    const { patience } = decodeMessage(body) as { readonly patience?: unknown };
    await standing.accepted(typeof patience === 'number' ? patience : defaultPatience);
  }
  return daemon.answerCall(verb, body);
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
