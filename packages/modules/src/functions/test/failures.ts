import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { dict, flag, givenValue, integer, text, valueList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { isTruthy } from '../../kit/truth.ts';

export const exception = defineFunction({
  name: 'test.exception',
  summary: 'Fails with a message.',
  args: z.object({ message: withDefault(text(), 'Test Exception').describe('The message.') }),
  examples: ["'*' test.exception 'Oh noes!'"],
  run({ message }) {
    throw failure(message);
  },
});

export const raiseException = defineFunction({
  name: 'test.raise_exception',
  summary: 'Fails as an exception of the given name does.',
  args: z.object({
    name: text().describe("The exception's name, e.g. `salt.exceptions.CommandExecutionError`."),
    args: valueList().describe('What the exception is made with; the first is its message.'),
    kwargs: dict().describe('Accepted for Salt; exceptions here carry a message only.'),
  }),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ["'*' test.raise_exception TypeError 'An integer is required'"],
  run({ name, args }, { log }) {
    if (!/^(salt\.exceptions\.)?[A-Z]\w*(Error|Exception|Exit|Interrupt|Warning)$/.test(name)) {
      log.error('no such exception', { name });
      return false;
    }
    throw failure(args.map(pythonStr).join(', '));
  },
});

export const assertion = defineFunction({
  name: 'test.assertion',
  summary: 'Fails when its argument is false.',
  args: z.object({ assertion: givenValue().describe('What should be true.') }),
  examples: ["'*' test.assertion False"],
  run({ assertion: claim }) {
    if (!isTruthy(claim)) throw failure('AssertionError: the assertion does not hold.');
    return null;
  },
});

export const retcode = defineFunction({
  name: 'test.retcode',
  summary: 'Answers true and sets the exit status of the call.',
  args: z.object({ code: withDefault(integer(), 42).describe('The exit status.') }),
  examples: ["'*' test.retcode 42"],
  run({ code }, context) {
    context.setRetcode(code);
    return true;
  },
});

export const attempt = defineFunction({
  name: 'test.try',
  summary: 'Calls a function and answers null when it fails.',
  args: z.object({
    module: text().describe('The function to call.'),
    return_try_exception: withDefault(flag(), false).describe('Answer the message of the failure instead of null.'),
    kwargs: dict().describe('Its keyword arguments.'),
  }),
  keywords: 'kwargs',
  examples: ["'*' test.try test.echo text=ok"],
  async run({ module, return_try_exception: wantsMessage, kwargs }, { call }) {
    try {
      return await call(module, [], kwargs);
    } catch (error) {
      return wantsMessage && error instanceof Error ? error.message : null;
    }
  },
});

export const stack = defineFunction({
  name: 'test.stack',
  summary: 'The stack of the running call, for developers.',
  args: z.object({}),
  examples: ["'*' test.stack"],
  run: () => new Error('stack').stack?.split('\n').slice(1).join('\n') ?? '',
});
