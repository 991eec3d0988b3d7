/** Facts that go with a log message. Values are redacted at the boundary, never here. */
export type LogData = Readonly<Record<string, unknown>>;

/** Where code says what happened: a static lower-case message plus data. Only the daemons know pino. */
export interface Logger {
  error(message: string, data?: LogData): void;
  warn(message: string, data?: LogData): void;
  info(message: string, data?: LogData): void;
  debug(message: string, data?: LogData): void;
  trace(message: string, data?: LogData): void;
  /** A logger whose every line carries `bindings` too (component, jid, minion, step). */
  child(bindings: LogData): Logger;
}

/** How severe a line of a log is. */
export type LogLevel = Exclude<keyof Logger, 'child'>;

/** A logger that hands each line on, with the facts that its children are bound to. */
export function createLogger(
  write: (level: LogLevel, message: string, data: LogData) => void,
  bindings: LogData = {},
): Logger {
  const method =
    (level: LogLevel) =>
    (message: string, data: LogData = {}): void =>
      write(level, message, { ...bindings, ...data });
  return {
    error: method('error'),
    warn: method('warn'),
    info: method('info'),
    debug: method('debug'),
    trace: method('trace'),
    child: (more) => createLogger(write, { ...bindings, ...more }),
  };
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  trace: () => {},
  child: () => silentLogger,
};
