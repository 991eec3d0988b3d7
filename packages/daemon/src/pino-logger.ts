import type { LogData, Logger } from '@brine/common';
import pino, { type DestinationStream, type Logger as Pino } from 'pino';
import { daemonError } from './errors.ts';

/** Salt's level names and what they are here. */
const levels: ReadonlyMap<string, string> = new Map([
  ['quiet', 'silent'],
  ['critical', 'fatal'],
  ['error', 'error'],
  ['warning', 'warn'],
  ['warn', 'warn'],
  ['info', 'info'],
  ['profile', 'debug'],
  ['debug', 'debug'],
  ['trace', 'trace'],
  ['garbage', 'trace'],
  ['all', 'trace'],
]);

/** Where log lines go. */
export interface LogTarget {
  /** A level of Salt's: `quiet`, `critical`, `error`, `warning`, `info`, `debug`, `trace`, `garbage`, `all`. */
  readonly level: string;
  /** Absolute path of a file, which is created with mode 0640; or `stderr`, the process's standard error. */
  readonly to: string;
}

/** A logger that writes JSON lines to each target at its level. Throws `log-unwritable` naming the file. */
export function createLogger(targets: readonly LogTarget[]): Logger {
  const streams = targets
    .map(({ level, to }) => ({ level: levels.get(level) ?? 'warn', to }))
    .filter(({ level }) => level !== 'silent')
    .map(({ level, to }) => ({ level, stream: openDestination(to) }));
  if (streams.length === 0) return fromPino(pino({ level: 'silent' }));
  const options = { level: 'trace', base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return fromPino(pino(options, pino.multistream(streams as Parameters<typeof pino.multistream>[0])));
}

function openDestination(to: string): DestinationStream {
  if (to === 'stderr') return quiet(pino.destination({ dest: 2, sync: true }));
  try {
    return quiet(pino.destination({ dest: to, sync: true, mkdir: true, mode: 0o640 }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw daemonError('log-unwritable', `cannot write the log file ${to}: ${reason}`, { cause });
  }
}

/** What cannot be logged, because a disk is full or a pipe broke, must not end the daemon. */
function quiet<Stream extends { on(event: 'error', listener: () => void): unknown }>(stream: Stream): Stream {
  stream.on('error', () => {});
  return stream;
}

function fromPino(logger: Pino): Logger {
  const method =
    (level: 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: string, data: LogData = {}): void => {
      logger[level](toSerializable(data), message);
    };
  return {
    error: method('error'),
    warn: method('warn'),
    info: method('info'),
    debug: method('debug'),
    trace: method('trace'),
    child: (bindings) => fromPino(logger.child(toSerializable(bindings))),
  };
}

/** pino knows an error only under the name `err`. */
function toSerializable(data: LogData): Record<string, unknown> {
  const { error, ...rest } = data;
  return error === undefined ? rest : { ...rest, err: error };
}
