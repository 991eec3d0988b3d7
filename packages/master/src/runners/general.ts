import { AppError, toValue, traverse, type Dict, type Plain, type Value } from '@brine/common';
import { findFunction, functionTable } from '@brine/modules';
import { anyValue, number, oneOf, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { originOfCaller } from '../events/event-origin.ts';
import { wheelDeclarations } from '../wheel/table.ts';
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
    events.emit(tag, payload, originOfCaller(caller));
    return true;
  },
});

/** `config.get` */
export const getConfig = defineRunner({
  name: 'config.get',
  summary: "A key of the master's configuration.",
  args: z.object({
    key: text().describe('A key of the configuration, e.g. `file_roots`, or a path into it, e.g. `file_roots:base:0`.'),
    default: withDefault(anyValue(), '').describe('The answer when there is no such key.'),
    delimiter: withDefault(text(), ':').describe('What is between the parts of a path.'),
  }),
  examples: ['config.get file_roots', 'config.get file_roots:base'],
  run: ({ key, default: otherwise, delimiter }, { options }) => traverse(options, key, delimiter) ?? otherwise ?? '',
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

/** `test.raw_arg` */
export const testRawArguments = defineRunner({
  ...testArguments,
  name: 'test.raw_arg',
  summary: 'Answers its arguments as they came.',
  examples: ['test.raw_arg 1 two three=3'],
});

/** `test.metasyntactic` */
export const metasyntactic = defineRunner({
  name: 'test.metasyntactic',
  summary: 'Names for examples.',
  args: z.object({ locality: withDefault(oneOf('us', 'uk'), 'us').describe('Where they are from: `us` or `uk`.') }),
  examples: ['test.metasyntactic', 'test.metasyntactic locality=uk'],
  run: ({ locality }) =>
    locality === 'uk'
      ? ['wibble', 'wobble', 'wubble', 'flob']
      : 'foo bar baz qux quux quuz corge grault garply waldo fred plugh xyzzy thud'.split(' '),
});

/** `test.sleep` */
export const sleep = defineRunner({
  name: 'test.sleep',
  summary: 'Waits, then answers True.',
  args: z.object({ s_time: withDefault(number(), 10).describe('Seconds.') }),
  examples: ['test.sleep s_time=5'],
  async run({ s_time: seconds }) {
    await new Promise((resolve) => {
      setTimeout(resolve, Math.max(0, seconds) * 1000).unref();
    });
    return true;
  },
});

/** `test.stdout_print` */
export const printSomething = defineRunner({
  name: 'test.stdout_print',
  summary: 'Prints foo and answers bar.',
  args: z.object({}),
  examples: ['test.stdout_print'],
  run(_args, { print }) {
    print('foo\n');
    return 'bar';
  },
});

/** `test.stream` */
export const streamEvents = defineRunner({
  name: 'test.stream',
  summary: 'Tells 99 events of progress, one every tenth of a second, then answers True.',
  args: z.object({}),
  examples: ['test.stream'],
  async run(_args, { events, caller, clock, jid }) {
    for (let done = 1; done < 100; done += 1) {
      const message = `Runner is ${done}% done`;
      events.emit(`salt/run/${jid}/progress`, { message }, originOfCaller(caller));
      await new Promise<void>((resolve) => clock.after(100, resolve));
    }
    return true;
  },
});

/** `test.get_opts` */
export const getOptions = defineRunner({
  name: 'test.get_opts',
  summary: "The master's whole configuration.",
  args: z.object({}),
  isPrivate: true,
  examples: ['test.get_opts'],
  run: (_args, { options }) => options,
});

/** `error.error` */
export const raiseError = defineRunner({
  name: 'error.error',
  summary: 'Fails with a message; without a name it answers an empty mapping. For tests.',
  args: z.object({
    name: optional(text()).describe('The kind of error.'),
    message: withDefault(text(), '').describe('What it says.'),
  }),
  examples: ["error.error name=Exception message='This is an error.'"],
  run({ name, message }) {
    if (name === undefined) return {};
    throw new AppError({ code: 'runner-failed', message: message === '' ? name : `${name}: ${message}` });
  },
});

/** `doc.execution` */
export const describeFunctions = defineRunner({
  name: 'doc.execution',
  summary: 'What each function of minions does.',
  args: z.object({ name: optional(text()).describe('A function or the module of several, e.g. `pkg`.') }),
  examples: ['doc.execution pkg.install'],
  async run({ name }) {
    const names = Object.keys(functionTable).filter(
      (entry) => name === undefined || `${entry}.`.startsWith(`${name}.`),
    );
    const described = names.toSorted().map(async (entry): Promise<[Value, Plain]> => {
      const { summary } = await findFunction({ functions: functionTable }, entry);
      return [entry, summary];
    });
    return new Map<Value, Plain>(await Promise.all(described));
  },
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

/** `doc.wheel` */
export const describeWheel = defineRunner({
  name: 'doc.wheel',
  summary: 'What each wheel function does.',
  args: z.object({ name: optional(text()).describe('A wheel function or the module of several, e.g. `key`.') }),
  examples: ['doc.wheel', 'doc.wheel key'],
  run({ name }) {
    const wanted = wheelDeclarations.filter((entry) => name === undefined || `${entry.name}.`.startsWith(`${name}.`));
    return new Map<Value, Plain>(
      wanted.map((entry) => [entry.name, `${entry.summary}\n\nSent beside client=wheel:\n\n    ${entry.example}\n`]),
    );
  },
});
