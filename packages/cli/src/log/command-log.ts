import { createLineLogger, createLogFile, type Logger, type MasterSettings, type Value } from '@brine/common';
import type { LogFlags } from '../options/log-options.ts';

/** The log of a command: standard error, and a file when one is asked for. */
export function createCommandLog({ logLevel, logFile, logFileLevel }: LogFlags, settings: MasterSettings): Logger {
  const configured = (key: string): string | undefined => text(settings.values.get(key));
  const level = logLevel ?? configured('log_level') ?? 'warning';
  const toTerminal = { level, form: 'text', write: (line: string) => void process.stderr.write(line) } as const;
  const path = logFile ?? (logFileLevel === undefined ? undefined : settings.logFile);
  if (path === undefined) return createLineLogger([toTerminal]);
  const file = createLogFile({
    path,
    onUnwritable: (reason) => void process.stderr.write(`[WARNING ] cannot write the log file: ${reason}\n`),
  });
  const fileLevel = logFileLevel ?? configured('log_level_logfile') ?? level;
  return createLineLogger([toTerminal, { level: fileLevel, form: 'json', write: file }]);
}

function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
