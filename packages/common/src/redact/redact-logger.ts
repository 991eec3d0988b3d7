import { createLogger, type LogData, type Logger } from '../logger.ts';
import { redactPlain } from './redact-plain.ts';
import type { Redactor } from './redactor.ts';

/** A logger whose lines have no secrets, by what the redactor knows when a line is written. */
export function redactLogger(logger: Logger, redactor: Redactor): Logger {
  // What it is bound to is redacted with each line: it may have been bound before the secret was known.
  return createLogger((level, message, data) =>
    logger[level](redactor.text(message), redactPlain(data, redactor) as LogData),
  );
}
