import type { LogData, Logger } from '@brine/common';

const severities = ['trace', 'debug', 'info', 'warn', 'error'] as const;

type Severity = (typeof severities)[number];

/** Salt's level names: the least severe that is shown, or none. */
const thresholds: ReadonlyMap<string, Severity | undefined> = new Map([
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

const labels: Readonly<Record<Severity, string>> = {
  trace: 'TRACE   ',
  debug: 'DEBUG   ',
  info: 'INFO    ',
  warn: 'WARNING ',
  error: 'ERROR   ',
};

/** A logger for a command at a terminal: one line for a message, `[WARNING ] message key=value`. */
export function createTerminalLogger(level: string, write: (line: string) => void): Logger {
  const threshold = thresholds.has(level) ? thresholds.get(level) : 'warn';
  const first = threshold === undefined ? severities.length : severities.indexOf(threshold);
  return withBindings({});

  function withBindings(bindings: LogData): Logger {
    const method =
      (severity: Severity) =>
      (message: string, data: LogData = {}): void => {
        if (severities.indexOf(severity) < first) return;
        write(`[${labels[severity]}] ${message}${showData({ ...bindings, ...data })}\n`);
      };
    return {
      error: method('error'),
      warn: method('warn'),
      info: method('info'),
      debug: method('debug'),
      trace: method('trace'),
      child: (more) => withBindings({ ...bindings, ...more }),
    };
  }
}

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
