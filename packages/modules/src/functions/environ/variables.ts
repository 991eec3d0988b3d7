import { createLocalMachine } from '../../grains/local-machine.ts';
import { isDict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, flag, nullableValue, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { valueOr } from '../value-or.ts';

const key = anyValue().describe('Name of the variable.');
const falseUnsets = withDefault(flag(), false).describe('Let false remove a variable instead of emptying it.');

const permanent = withDefault(flag(), false).describe('Accepted for Salt; of use on Windows alone.');

export const setval = defineFunction({
  name: 'environ.setval',
  summary: 'Sets a variable for this call and the programs it starts.',
  args: z.object({ key, val: nullableValue().describe('Its value, or false.'), false_unsets: falseUnsets, permanent }),
  examples: ["'*' environ.setval foo bar"],
  run: ({ key: name, val, false_unsets: unsets }, { host }) =>
    typeof name === 'string' && setOne(host, name, val, unsets),
});

export const setenv = defineFunction({
  name: 'environ.setenv',
  summary: 'Sets several variables for this call and the programs it starts.',
  args: z.object({
    environ: nullableValue().describe('Names and values, or false.'),
    false_unsets: falseUnsets,
    clear_all: withDefault(flag(), false).describe('Empty all other variables.'),
    update_minion: withDefault(flag(), false).describe('Accepted for Salt; jobs have processes of their own.'),
    permanent,
  }),
  examples: [
    `'*' environ.setenv '{"foo": "bar", "baz": "quux"}'`,
    `'*' environ.setenv '{"a": "b", "c": False}' false_unsets=True`,
  ],
  run({ environ, false_unsets: unsets, clear_all: clears }, { host, machine = createLocalMachine() }) {
    if (!isDict(environ)) return false;
    const answer = new Map<Value, Plain>();
    if (clears) {
      const others = Object.keys(machine.environment()).filter((name) => !environ.has(name));
      for (const name of others) answer.set(name, setOne(host, name, false, unsets));
    }
    for (const [name, value] of environ) {
      if (typeof name !== 'string' || (typeof value !== 'string' && value !== false)) return false;
      answer.set(name, setOne(host, name, value, unsets));
    }
    return answer;
  },
});

export const get = defineFunction({
  name: 'environ.get',
  summary: 'The value of a variable, or a default.',
  args: z.object({ key, default: valueOr('').describe('The answer when it is not set.') }),
  examples: ["'*' environ.get foo", "'*' environ.get baz default=False"],
  run: ({ key: name, default: fallback }, { host }) => typeof name === 'string' && (host.environment(name) ?? fallback),
});

export const hasValue = defineFunction({
  name: 'environ.has_value',
  summary: 'Whether a variable is set, to a value when one is given.',
  args: z.object({ key, value: optional(text()).describe('The value.') }),
  examples: ["'*' environ.has_value foo"],
  run({ key: name, value }, { host }) {
    if (typeof name !== 'string') return false;
    const found = host.environment(name);
    return found !== undefined && (value === undefined || found === value);
  },
});

export const item = defineFunction({
  name: 'environ.item',
  summary: 'The values of some variables.',
  args: z.object({
    keys: textList().describe('Names: one, or a list.'),
    default: valueOr('').describe('The answer for one that is not set.'),
  }),
  examples: ["'*' environ.item foo", "'*' environ.item '[foo, baz]' default=None"],
  run: ({ keys, default: fallback }, { host }) =>
    new Map(keys.map((name) => [name, host.environment(name) ?? fallback])),
});

export const items = defineFunction({
  name: 'environ.items',
  summary: 'All variables.',
  args: z.object({}),
  examples: ["'*' environ.items"],
  run: (_args, { machine = createLocalMachine() }) => ({ ...machine.environment() }),
});

function setOne(host: Host, name: string, value: Value, unsets: boolean): Plain {
  if (value === false && unsets) {
    host.setEnvironment(name, null);
    return null;
  }
  const written = value === false ? '' : value;
  if (typeof written !== 'string') return false;
  host.setEnvironment(name, written);
  return written;
}
