import { AppError, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { anyValue, optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** `event.send` */
export const sendEvent = defineRunner({
  name: 'event.send',
  summary: "Puts an event on the master's event bus.",
  args: z.object({
    tag: text().describe('The tag, e.g. `my/deployment/done`.'),
    data: optional(anyValue()).describe('The payload, a mapping.'),
  }),
  examples: ['event.send my/deployment/done \'{"version": 3}\''],
  run({ tag, data }, { events, caller }) {
    if (data !== undefined && data !== null && !(data instanceof Map)) {
      throw new AppError({ code: 'runner-arguments', message: 'the data of an event is a mapping' });
    }
    const payload = Object.fromEntries([...(data ?? new Map())].map(([key, value]) => [String(key), value as Value]));
    events.emit(tag, { ...payload, user: caller.user });
    return true;
  },
});

/** `config.get` */
export const getConfig = defineRunner({
  name: 'config.get',
  summary: "A key of the master's configuration.",
  args: z.object({
    key: text().describe('A key of the configuration, e.g. `file_roots`.'),
    default: optional(anyValue()).describe('The answer when there is no such key.'),
  }),
  examples: ['config.get file_roots'],
  run: ({ key, default: otherwise }, { options }) => options.get(key) ?? otherwise ?? null,
});

/** `test.arg` */
export const testArguments = defineRunner({
  name: 'test.arg',
  summary: 'Answers its arguments as they were understood.',
  args: z.object({ args: anyValue(), kwargs: anyValue() }),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ['test.arg 1 two three=3'],
  run: ({ args, kwargs }) => ({ args, kwargs }),
});

/** `doc.runner` */
export const describeRunners = defineRunner({
  name: 'doc.runner',
  summary: 'What each runner does and how it is called.',
  args: z.object({ name: optional(text()).describe('A runner or the module of several, e.g. `jobs`.') }),
  examples: ['doc.runner', 'doc.runner jobs'],
  run({ name }, { catalogue }) {
    const wanted = catalogue().filter((entry) => name === undefined || `${entry.name}.`.startsWith(`${name}.`));
    return toValue(
      new Map<Value, Plain>(
        wanted.map(({ name: runner, summary, examples }) => [
          runner,
          `${summary}\n\nCLI Examples:\n\n${examples.map((line) => `    salt-run ${line}`).join('\n')}\n`,
        ]),
      ),
    ) as Dict;
  },
});
