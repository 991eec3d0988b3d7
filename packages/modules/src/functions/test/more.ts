import { z } from 'zod';
import { integer, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const versions = defineFunction({
  name: 'test.versions',
  summary: 'The versions of `test.versions_information` as text.',
  args: z.object({}),
  examples: ["'*' test.versions"],
  run: (_args, { call }) => call('test.versions_report'),
});

export const randStr = defineFunction({
  name: 'test.rand_str',
  summary: 'The hash of a random number.',
  args: z.object({
    size: withDefault(integer(), 9_999_999_999).describe('The largest number to draw.'),
    hash_type: optional(text()).describe("The algorithm; the minion's `hash_type` unless given."),
  }),
  examples: ["'*' test.rand_str", "'*' test.rand_str hash_type=sha512"],
  run: ({ size, hash_type: kind }, { call }) => call('test.random_hash', kind === undefined ? [size] : [size, kind]),
});

export const deprecationWarning = defineFunction({
  name: 'test.deprecation_warning',
  summary: 'Answers true, and warns in the log that this is no way to do it.',
  args: z.object({}),
  examples: ["'*' test.deprecation_warning"],
  run(_args, { log }) {
    log.warn('this is a test deprecation warning');
    return true;
  },
});

export const tty = defineFunction({
  name: 'test.tty',
  summary: 'Says that it has moved to cmd.tty.',
  args: z.object({
    device: optional(text()).describe('The terminal.'),
    echo: optional(text()).describe('The text.'),
  }),
  examples: ["'*' test.tty tty0 'This is a test'"],
  run: () => 'ERROR: This function has been moved to cmd.tty',
});
