import { logLevels } from '@brine/common/launch';
import { InvalidArgumentError, Option, type Command } from 'commander';

/** What a command is to log, and where. */
export interface LogFlags {
  readonly logLevel?: string;
  readonly logFile?: string;
  readonly logFileLevel?: string;
}

/** Adds the options of logging. `-l` is `salt-key`'s word for listing. */
export function addLogOptions(command: Command, hasShortForm = true): Command {
  const level = (flags: string, text: string): Option => new Option(flags, text).argParser(checkLevel);
  return command
    .addOption(
      level(
        `${hasShortForm ? '-l, ' : ''}--log-level <level>`,
        'what is logged to the terminal: debug, info, warning, …',
      ),
    )
    .option('--log-file <file>', 'a file to log to, too')
    .addOption(level('--log-file-level, --log-level-logfile <level>', 'what is logged to that file'));
}

function checkLevel(text: string): string {
  if (logLevels.includes(text)) return text;
  throw new InvalidArgumentError(`one of ${logLevels.join(', ')} is expected`);
}
