import { posix } from 'node:path';
import { z } from 'zod';
import { text, textList } from '../../kit/arguments.ts';
import { failure } from '../failure.ts';
import { defineFunction } from '../../kit/define-function.ts';

const path = text().describe('The path.');

export const basename = defineFunction({
  name: 'file.basename',
  summary: 'What follows the last slash of a path.',
  args: z.object({ path }),
  examples: ["'*' file.basename 'test/test.config'"],
  run: ({ path: given }) => given.slice(given.lastIndexOf('/') + 1),
});

export const dirname = defineFunction({
  name: 'file.dirname',
  summary: 'What stands before the last slash of a path.',
  args: z.object({ path }),
  examples: ["'*' file.dirname 'test/path/filename.config'"],
  run({ path: given }) {
    const head = given.slice(0, given.lastIndexOf('/') + 1);
    return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
  },
});

export const join = defineFunction({
  name: 'file.join',
  summary: 'Joins parts of a path with slashes; an absolute part drops those before it.',
  args: z.object({ args: textList().describe('The parts.') }),
  variadic: 'args',
  examples: ["'*' file.join '/' 'usr' 'local' 'bin'"],
  run({ args }) {
    if (args.length === 0) throw failure('Nothing to join: file.join needs one part or more.');
    return args.reduce(joinTwo, '');
  },
});

export const normpath = defineFunction({
  name: 'file.normpath',
  summary: 'A path without `.`, `..` and doubled slashes, by its text alone.',
  args: z.object({ path }),
  examples: ["'*' file.normpath '/usr/local/../bin'"],
  run({ path: given }) {
    const normal = posix.normalize(given);
    const plain = normal.length > 1 ? normal.replace(/\/$/, '') : normal;
    // POSIX lets two leading slashes, and only two, mean something of their own.
    return /^\/\/(?!\/)/.test(given) ? `/${plain}` : plain;
  },
});

export const pardir = defineFunction({
  name: 'file.pardir',
  summary: 'The name of the parent folder: `..`.',
  args: z.object({}),
  examples: ["'*' file.pardir"],
  run: () => '..',
});

function joinTwo(head: string, tail: string): string {
  if (head === '' || tail.startsWith('/')) return tail;
  return head.endsWith('/') ? head + tail : `${head}/${tail}`;
}
