import { createHash, randomInt } from 'node:crypto';
import { z } from 'zod';
import { integer, optional, text, valueList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const getOpts = defineFunction({
  name: 'test.get_opts',
  summary: 'The configuration of this minion.',
  args: z.object({}),
  examples: ["'*' test.get_opts"],
  run: (_args, { options }) => options,
});

export const optsPkg = defineFunction({
  name: 'test.opts_pkg',
  summary: 'The configuration of this minion with its grains inside.',
  args: z.object({}),
  examples: ["'*' test.opts_pkg"],
  run: (_args, { options, grains }) => new Map([...options, ['grains', grains]]),
});

export const confTest = defineFunction({
  name: 'test.conf_test',
  summary: 'The option `test.foo`, to try configuration with.',
  args: z.object({}),
  examples: ["'*' test.conf_test"],
  run: (_args, { call }) => call('config.option', ['test.foo']),
});

export const attrCall = defineFunction({
  name: 'test.attr_call',
  summary: 'Calls `grains.items` through another function.',
  args: z.object({}),
  examples: ["'*' test.attr_call"],
  run: (_args, { call }) => call('grains.items'),
});

export const crossTest = defineFunction({
  name: 'test.cross_test',
  summary: 'Calls another function by name.',
  args: z.object({
    func: text().describe('The function to call.'),
    args: withDefault(valueList(), []).describe('Its positional arguments.'),
  }),
  examples: ["'*' test.cross_test file.gid_to_group '[\"0\"]'"],
  run: ({ func, args }, { call }) => call(func, args),
});

export const moduleReport = defineFunction({
  name: 'test.module_report',
  summary: 'The functions and modules there are.',
  args: z.object({}),
  examples: ["'*' test.module_report"],
  run(_args, { catalogue }) {
    const functions = catalogue.functionNames();
    const modules = moduleNames(functions);
    return {
      functions,
      function_attrs: functions,
      function_subs: functions,
      modules,
      module_attrs: modules,
      missing_attrs: [],
      missing_subs: [],
    };
  },
});

export const provider = defineFunction({
  name: 'test.provider',
  summary: 'The module that provides the functions of a name; an empty text when none does.',
  args: z.object({ module: text().describe('The name, e.g. `service`.') }),
  examples: ["'*' test.provider service"],
  run: ({ module }, { catalogue }) => (moduleNames(catalogue.functionNames()).includes(module) ? module : ''),
});

export const providers = defineFunction({
  name: 'test.providers',
  summary: 'The modules there are and what provides each.',
  args: z.object({}),
  examples: ["'*' test.providers"],
  run: (_args, { catalogue }) => Object.fromEntries(moduleNames(catalogue.functionNames()).map((name) => [name, name])),
});

export const notLoaded = defineFunction({
  name: 'test.not_loaded',
  summary: 'The modules that could not be loaded: none, because all are built in.',
  args: z.object({}),
  examples: ["'*' test.not_loaded"],
  run: () => [],
});

export const randomHash = defineFunction({
  name: 'test.random_hash',
  summary: 'The hash of a random number.',
  args: z.object({
    size: withDefault(integer(), 9_999_999_999).describe('The largest number to draw.'),
    hash_type: optional(text()).describe("The algorithm; the minion's `hash_type` unless given."),
  }),
  examples: ["'*' test.random_hash", "'*' test.random_hash hash_type=sha512"],
  run({ size, hash_type: wanted }, { options }) {
    const configured = options.get('hash_type');
    const algorithm = wanted ?? (typeof configured === 'string' ? configured : 'sha256');
    try {
      return createHash(algorithm)
        .update(String(randomInt(1, size)))
        .digest('hex');
    } catch (error) {
      throw failure(`No hash function '${algorithm}' exists.`, error);
    }
  },
});

function moduleNames(functions: readonly string[]): readonly string[] {
  return [...new Set(functions.map((name) => name.slice(0, name.indexOf('.'))))];
}
