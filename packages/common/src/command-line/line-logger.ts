import { createLogger, type LogData, type Logger, type LogLevel } from '../logger.ts';

const severities: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** Salt's level names: the least severe that is shown, or none. */
const thresholds: ReadonlyMap<string, LogLevel | undefined> = new Map([
  ['all', 'trace'],
  ['garbage', 'trace'],
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['profile', 'debug'],
  ['info', 'info'],
  ['warning', 'warn'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['critical', undefined],
  ['quiet', undefined],
]);

const labels: Readonly<Record<LogLevel, string>> = {
  trace: 'TRACE   ',
  debug: 'DEBUG   ',
  info: 'INFO    ',
  warn: 'WARNING ',
  error: 'ERROR   ',
};

/** Where a command logs to. */
export interface LineLogTarget {
  /** A level of Salt's; what is less severe is left out. */
  readonly level: string;
  /** `text` for a person: `[WARNING ] message key=value`; `json` as the logs of the daemons are written. */
  readonly form: 'text' | 'json';
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
}

/** Salt's names of levels. */
export const logLevels: readonly string[] = [
  ...['all', 'garbage', 'trace', 'debug', 'profile', 'info', 'warning', 'error', 'critical', 'quiet'],
];

/** A logger for a command: one line for a message, to each target at its level. */
export function createLineLogger(targets: readonly LineLogTarget[]): Logger {
  const kept = targets.map((target) => ({ ...target, first: firstOf(target.level) }));
  return createLogger((severity, message, facts) => {
    for (const { first, form, write } of kept) {
      if (severities.indexOf(severity) < first) continue;
      write(lineForms[form]({ severity, message, facts }));
    }
  });
}

function firstOf(level: string): number {
  const threshold = thresholds.has(level) ? thresholds.get(level) : 'warn';
  return threshold === undefined ? severities.length : severities.indexOf(threshold);
}

interface LogLine {
  readonly severity: LogLevel;
  readonly message: string;
  readonly facts: LogData;
}

const lineForms: Readonly<Record<LineLogTarget['form'], (line: LogLine) => string>> = {
  text: ({ severity, message, facts }) => `[${labels[severity]}] ${message}${showData(facts)}\n`,
  json: ({ severity, message, facts }) => {
    const shown = Object.entries(facts).map(([key, value]) => [key, value instanceof Error ? value.message : value]);
    const level = (severities.indexOf(severity) + 1) * 10;
    return `${JSON.stringify({ level, time: new Date().toISOString(), ...Object.fromEntries(shown), msg: message })}\n`;
  },
};

function showData(data: LogData): string {
  return Object.entries(data)
    .map(([key, value]) => ` ${key}=${showValue(value)}`)
    .join('');
}

function showValue(value: unknown): string {
  if (value instanceof Error) return value.message;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
