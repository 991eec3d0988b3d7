import {
  brineVersion,
  compatibleSaltVersion,
  formatProblems,
  isAppError,
  logLevels,
  noFailpoints,
  prepareWords,
  saltfileFlags,
  systemClock,
  versionsReport,
  type Failpoints,
} from '@brine/common';
import { loadConfig, type LoadedConfig, type MasterConfig } from '@brine/common/schemas';
import {
  announceReady,
  becomeUser,
  claimPidFile,
  detach,
  endSignal,
  isDetached,
  logSurprises,
  onHangup,
  openLog,
  restrictUmask,
  type LogTarget,
} from '@brine/daemon';
import { Command, Option } from 'commander';
import { startMaster } from './start-master.ts';

interface Flags {
  readonly configDir?: string;
  readonly versionsReport?: boolean;
  readonly daemon?: boolean;
  readonly logLevel?: string;
  readonly logFile?: string;
  readonly logFileLevel?: string;
  readonly pidFile?: string;
  readonly user?: string;
}

/**
 * Runs `salt-master` with the arguments of a command line; resolves with the status to exit with. Fault tests hand in
 * failpoints; nothing else can.
 */
export async function runMasterProgram(words: readonly string[], failpoints?: Failpoints): Promise<number> {
  const command = createCommand();
  try {
    command.parse([...(await prepareWords(words, 'salt-master', command))], { from: 'user' });
  } catch (error) {
    return exitCodeOfUsage(error);
  }
  const flags = command.opts<Flags>();
  if (flags.versionsReport === true) {
    process.stdout.write(versionsReport());
    return 0;
  }
  try {
    if (flags.daemon === true && !isDetached()) {
      await detach();
      return 0;
    }
    return await serve(flags, failpoints);
  } catch (error) {
    process.stderr.write(`salt-master: ${describe(error)}\n`);
    return isAppError(error) ? error.exitCode : 1;
  }
}

function createCommand(): Command {
  return new Command('salt-master')
    .description('The master: holds keys, files and pillar, publishes jobs to minions and collects their returns.')
    .version(
      `salt-master ${brineVersion} (Brine; behaves as Salt ${compatibleSaltVersion})`,
      '--version',
      'the version',
    )
    .option('-V, --versions-report', 'the versions of everything this program stands on')
    .option(saltfileFlags, 'a file of options by program (default: SALT_SALTFILE, ./Saltfile or ~/.salt/Saltfile)')
    .option('-c, --config-dir <dir>', 'the folder of the configuration (default: SALT_CONFIG_DIR or /etc/salt)')
    .option('-d, --daemon', 'run in the background')
    .option('-u, --user <user>', 'the user to run as')
    .option('--pid-file <file>', 'where to write the process id')
    .addOption(new Option('-l, --log-level <level>', 'what is logged to the terminal').choices(logLevels))
    .option('--log-file <file>', 'the file to log to')
    .addOption(new Option('--log-file-level <level>', 'what is logged to the file').choices(logLevels))
    .exitOverride();
}

async function serve(flags: Flags, failpoints: Failpoints = noFailpoints): Promise<number> {
  const asked = endSignal();
  const hangup = onHangup();
  restrictUmask();
  const { config, problems, configDir } = load(flags);
  becomeUser(config.user);
  let targets = logTargets(config);
  const log = openLog(targets);
  const logger = log.logger.child({ daemon: 'salt-master' });
  logSurprises(logger);
  for (const problem of problems) logger.warn('configuration', { problem: formatProblems([problem]) });
  const pidFile = await claimPidFile(config.pidfile, 'salt-master');
  try {
    const master = await startMaster({
      ...{ config, configDirectory: configDir, logger, clock: systemClock },
      ...{ version: brineVersion, saltVersion: compatibleSaltVersion, failpoints },
    });
    hangup.whenReady(logger, async () => {
      const next = load(flags);
      log.retarget(logTargets(next.config));
      try {
        await master.reload(next.config);
      } catch (error) {
        log.retarget(targets);
        throw error;
      }
      targets = logTargets(next.config);
      for (const problem of next.problems) logger.warn('configuration', { problem: formatProblems([problem]) });
    });
    announceReady();
    const end = await Promise.race([asked, master.failed]);
    logger.info('master stops', { reason: typeof end === 'string' ? end : end.code });
    await master.stop();
    if (typeof end === 'string') return 0;
    throw end;
  } finally {
    await pidFile.release();
  }
}

function load(flags: Flags): LoadedConfig<MasterConfig> {
  return loadConfig('master', {
    ...(flags.configDir === undefined ? {} : { configDir: flags.configDir }),
    overrides: overridesOf(flags),
  });
}

function overridesOf(flags: Flags): Partial<Record<string, string>> {
  const given = {
    log_level: flags.logLevel,
    log_file: flags.logFile,
    log_level_logfile: flags.logFileLevel,
    pidfile: flags.pidFile,
    user: flags.user,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function logTargets(config: MasterConfig): readonly LogTarget[] {
  const file = { level: config.log_level_logfile ?? config.log_level, to: config.log_file };
  return isDetached() ? [file] : [{ level: config.log_level, to: 'stderr' }, file];
}

function describe(error: unknown): string {
  if (isAppError(error)) {
    return error.problems.length > 0 ? `${error.message}\n${formatProblems(error.problems)}` : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

/** commander has printed what it has to say; help and version are no failures. */
function exitCodeOfUsage(error: unknown): number {
  if (isAppError(error)) process.stderr.write(`salt-master: ${describe(error)}\n`);
  const { exitCode } = error as { exitCode?: number };
  return exitCode === 0 ? 0 : 64;
}
