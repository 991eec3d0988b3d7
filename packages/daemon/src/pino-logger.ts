import type { LogData, Logger } from '@brine/common';
import pino, { type DestinationStream, type Logger as Pino } from 'pino';
import { daemonError } from './errors.ts';
import { isStandardErrorRead, openStandardError, type LineStream } from './standard-error.ts';

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

/** A log whose targets can be changed while it is written. */
export interface Log {
  readonly logger: Logger;
  /**
   * Writes to these targets from now on, its children too; files are opened anew, so that one that was moved away is left.
   * Throws `log-unwritable` naming the file, and goes on as before.
   */
  retarget(targets: readonly LogTarget[]): void;
}

/** A logger that writes JSON lines to each target at its level. Throws `log-unwritable` naming the file. */
export function createLogger(targets: readonly LogTarget[]): Logger {
  return openLog(targets).logger;
}

/** Opens a log of JSON lines, each target at its level. Throws `log-unwritable` naming the file. */
export function openLog(targets: readonly LogTarget[]): Log {
  const sink = createSink(openAll(targets));
  const options = { level: 'trace', base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return {
    logger: fromPino(pino(options, sink)),
    retarget: (next) => sink.exchange(openAll(next)),
  };
}

type OpenTarget = { readonly level: number; readonly stream: LineStream };

interface Sink extends DestinationStream {
  lastLevel: number;
  exchange(targets: readonly OpenTarget[]): void;
}

/** What pino writes to: under this symbol it tells the level of each line before it hands it over. */
function createSink(first: readonly OpenTarget[]): Sink {
  let targets = first;
  const sink: Sink = {
    lastLevel: 0,
    write(line) {
      for (const { level, stream } of targets) if (sink.lastLevel >= level) stream.write(line);
    },
    exchange(next) {
      const before = targets;
      targets = next;
      for (const { stream } of before) stream.destroy();
    },
  };
  return Object.assign(sink, { [Symbol.for('pino.metadata')]: true });
}

function openAll(targets: readonly LogTarget[]): readonly OpenTarget[] {
  const opened: OpenTarget[] = [];
  try {
    for (const { level, to } of targets) {
      const name = levels.get(level) ?? 'warn';
      if (name !== 'silent') opened.push({ level: pino.levels.values[name] ?? 40, stream: openDestination(to) });
    }
    return opened;
  } catch (error) {
    for (const { stream } of opened) stream.destroy();
    throw error;
  }
}

function openDestination(to: string): LineStream {
  if (to === 'stderr')
    return isStandardErrorRead() ? openStandardError() : quiet(pino.destination({ dest: 2, sync: true }));
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
