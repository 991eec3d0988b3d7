import { logLevels, saltfileFlags } from '@brine/common';
import { Command, CommanderError, Option } from 'commander';
import { minionError } from '../errors.ts';

/** What a `salt-minion` command line asks for. */
export interface SaltMinionRequest {
  readonly task: { readonly kind: 'run' | 'versions' } | { readonly kind: 'text'; readonly text: string };
  readonly configDirectory: string | undefined;
  /** Configuration keys set on the command line, under Salt's names. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Whether to leave the terminal and go on in the background. */
  readonly daemonise: boolean;
}

/** Reads the words behind `salt-minion`. Throws `call-usage` and `call-option-unsupported`. */
export function parseMinionCommandLine(words: readonly string[], version: () => string): SaltMinionRequest {
  const command = saltMinionCommand();
  const said: string[] = [];
  command.configureOutput({ writeOut: (text) => said.push(text), writeErr: () => {} });
  try {
    command.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) {
      const reason = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
      throw usage(`${reason} (see salt-minion --help)`);
    }
    return { ...toRequest(command), task: { kind: 'text', text: said.join('') } };
  }
  const request = toRequest(command);
  if (command.getOptionValue('versionsReport') === true) return { ...request, task: { kind: 'versions' } };
  if (command.getOptionValue('version') !== true) return request;
  return { ...request, task: { kind: 'text', text: `salt-minion ${version()}\n` } };
}

/** The command line of `salt-minion`. */
export function saltMinionCommand(): Command {
  const command = new Command('salt-minion')
    .description('The minion: takes jobs from its master and runs them on this machine.')
    .allowExcessArguments(false)
    .exitOverride();
  const options = [
    new Option('--version', 'print the version and end'),
    new Option('-V, --versions-report', 'print the versions of everything used and end'),
    new Option(saltfileFlags, 'a file of options by program (default: SALT_SALTFILE, ./Saltfile or ~/.salt/Saltfile)'),
    new Option('--disable-keepalive', 'for habit: it never starts itself again, its supervisor does').hideHelp(),
    new Option('-c, --config-dir <dir>', 'the configuration folder (else SALT_CONFIG_DIR, else /etc/salt)'),
    new Option('-d, --daemon', 'run in the background'),
    new Option('-u, --user <user>', 'the user to run as'),
    new Option('--pid-file <file>', 'the file that names the running process'),
    new Option('-l, --log-level <level>', 'what is logged to the terminal').choices(logLevels),
    new Option('--log-file <file>', 'the log file'),
    new Option('--log-file-level, --log-level-logfile <level>', 'what is written to the log file').choices(logLevels),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

function toRequest(command: Command): SaltMinionRequest {
  const raw: Readonly<Record<string, unknown>> = command.opts();
  const given = {
    log_level: raw['logLevel'],
    log_file: raw['logFile'],
    log_level_logfile: raw['logLevelLogfile'],
    pidfile: raw['pidFile'],
    user: raw['user'],
  };
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    task: { kind: 'run' },
    configDirectory: text(raw['configDir']),
    overrides: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    daemonise: raw['daemon'] === true,
  };
}

function usage(message: string): Error {
  return minionError('call-usage', `salt-minion: ${message}`, { exitCode: 64 });
}
