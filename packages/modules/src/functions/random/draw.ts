import { createHash, randomBytes, randomInt } from 'node:crypto';
import { isInteger, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { argument, flag, integer, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { valueOr } from '../value-or.ts';
import { MersenneTwister } from './mersenne-twister.ts';

const seedArgument = valueOr(null).describe('Text or number that the draw follows from.');

const characterSets = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  whitespace: ' \t\n\r\v\f',
} as const;

function listOrText() {
  return argument('a list or a text', (value) =>
    Array.isArray(value) ? value : typeof value === 'string' ? Array.from(value) : undefined,
  );
}

export const getStr = defineFunction({
  name: 'random.get_str',
  summary: 'A random text, fit for a password.',
  args: z.object({
    length: withDefault(integer(), 20).describe('How many characters.'),
    chars: optional(text()).describe('The characters to draw from, instead of those below.'),
    lowercase: withDefault(flag(), true).describe('Draw from lower-case letters.'),
    uppercase: withDefault(flag(), true).describe('Draw from upper-case letters.'),
    digits: withDefault(flag(), true).describe('Draw from digits.'),
    punctuation: withDefault(flag(), true).describe('Draw from punctuation.'),
    whitespace: withDefault(flag(), false).describe('Draw from blanks.'),
    printable: withDefault(flag(), false).describe('Draw from all printable characters.'),
  }),
  examples: ["'*' random.get_str 128"],
  run(args) {
    const sets = Object.entries(characterSets) as [keyof typeof characterSets, string][];
    const chosen = sets.filter(([name]) => args.printable || args[name]).map(([, characters]) => characters);
    const characters = Array.from(args.printable || args.chars === undefined ? chosen.join('') : args.chars);
    if (characters.length === 0) throw failure('random.get_str has no characters to draw from.');
    return Array.from({ length: args.length }, () => characters[randomInt(characters.length)]).join('');
  },
});

export const randInt = defineFunction({
  name: 'random.rand_int',
  summary: 'A random whole number between two, both included.',
  args: z.object({
    start: withDefault(integer(), 1).describe('The smallest.'),
    end: withDefault(integer(), 10).describe('The largest.'),
    seed: seedArgument,
  }),
  examples: ["'*' random.rand_int 1 10"],
  run({ start, end, seed: given }) {
    if (end < start) throw failure(`empty range: ${end} is less than ${start}`);
    return given === null ? randomInt(start, end + 1) : Number(generator(given).between(BigInt(start), BigInt(end)));
  },
});

export const seed = defineFunction({
  name: 'random.seed',
  summary: 'A number that is always the same on a minion: drawn from its id, or from the given text.',
  args: z.object({
    range: withDefault(integer(), 10).describe('The number is below this.'),
    hash: seedArgument,
  }),
  examples: ["'*' random.seed 10 hash=None"],
  run({ range, hash: given }, { grains }) {
    if (range < 1) throw failure('empty range: random.seed needs one of 1 or more');
    return Number(generator(given ?? pythonStr(grains.get('id') ?? '')).below(BigInt(range)));
  },
});

export const sample = defineFunction({
  name: 'random.sample',
  summary: 'Some members of a list, none twice.',
  args: z.object({
    value: listOrText().describe('The list, or a text for its characters.'),
    size: integer().describe('How many.'),
    seed: seedArgument,
  }),
  examples: [`'*' random.sample '["one", "two"]' 1 seed="something"`],
  run: ({ value, size, seed: given }) => drawSome(value, size, given),
});

export const shuffle = defineFunction({
  name: 'random.shuffle',
  summary: 'The members of a list in random order.',
  args: z.object({ value: listOrText().describe('The list, or a text for its characters.'), seed: seedArgument }),
  examples: [`'*' random.shuffle '["one", "two"]' seed="something"`],
  run: ({ value, seed: given }) => drawSome(value, value.length, given),
});

function generator(given: Value): MersenneTwister {
  return new MersenneTwister(isInteger(given) ? BigInt(given) : pythonStr(given));
}

function drawSome(value: readonly Value[], size: number, given: Value): Value[] {
  if (size > value.length) throw failure('Sample larger than population or is negative');
  const entropy = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const random = given === null ? new MersenneTwister(entropy) : generator(hashed(given));
  return random.sample(value, size);
}

function hashed(given: Value): string {
  return createHash('sha512').update(pythonStr(given)).digest('hex');
}
