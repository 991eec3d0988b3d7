import type { LogData, Logger } from '../logger.ts';
import { redactPlain } from './redact-plain.ts';
import type { Redactor } from './redactor.ts';

/** A logger whose lines have no secrets, by what the redactor knows when a line is written. */
export function redactLogger(logger: Logger, redactor: Redactor): Logger {
  return withBindings({});

  function withBindings(bindings: LogData): Logger {
    const method =
      (level: Exclude<keyof Logger, 'child'>) =>
      (message: string, data: LogData = {}): void =>
        // Bindings too: they may have been made before the secret was known.
        logger[level](redactor.text(message), redactPlain({ ...bindings, ...data }, redactor) as LogData);
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
