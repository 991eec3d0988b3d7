import { z } from 'zod';
import { text } from '../../kit/arguments.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import type { Logger } from '@brine/common';

const message = text().describe('The message.');

export const error = logFunction('log.error', 'error');
export const exception = logFunction('log.exception', 'error');
export const critical = logFunction('log.critical', 'error');
export const warning = logFunction('log.warning', 'warn');
export const info = logFunction('log.info', 'info');
export const debug = logFunction('log.debug', 'debug');

// What a template logs is data here: a log message of our own is always a literal.
function logFunction(name: string, level: Exclude<keyof Logger, 'child'>): FunctionDeclaration {
  const shown = name.slice('log.'.length);
  return defineFunction({
    name,
    summary: `Logs a message at the level ${shown} and answers true.`,
    args: z.object({ message }),
    examples: [`'*' ${name} 'the mirror is down'`],
    run({ message: said }, { log }) {
      log[level]('message of a template or state', { said });
      return true;
    },
  });
}
