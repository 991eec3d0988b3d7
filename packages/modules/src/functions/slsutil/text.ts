import type { Value } from '@brine/common';
import { z } from 'zod';
import { flag, integer, nullableValue, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { isTruthy } from '../../kit/truth.ts';
import { valueOr } from '../value-or.ts';

const defaultTitle = 'THIS FILE IS MANAGED BY SALT - DO NOT EDIT';
const defaultText =
  'The contents of this file are managed by Salt. Any changes to this file may be overwritten automatically and without warning.';

export const banner = defineFunction({
  name: 'slsutil.banner',
  summary: 'A box of comment lines with a title and a text, to put at the start of a file.',
  args: z.object({
    width: withDefault(integer(), 72).describe('Characters in a line.'),
    commentchar: withDefault(text(), '#').describe('What begins and ends each line.'),
    borderchar: withDefault(text(), '#').describe('What the border is made of.'),
    blockstart: optional(text()).describe('A line before the box, e.g. the start of a block comment.'),
    blockend: optional(text()).describe('A line after the box.'),
    title: withDefault(text(), defaultTitle).describe('The title, centred.'),
    text: withDefault(text(), defaultText).describe('The text, wrapped.'),
    newline: withDefault(flag(), false).describe('End in a line break.'),
  }),
  examples: ["'*' slsutil.banner width=120 commentchar='//' borderchar='-'"],
  run(args) {
    const [left, right] = [args.commentchar.trimEnd(), args.commentchar.trim()];
    const inner = args.width - left.length - right.length - 2;
    if (inner <= 0) throw failure('Width is too small to render banner');
    const border =
      args.commentchar + args.borderchar.slice(0, 1).repeat(args.width - left.length - right.length) + right;
    const blanks = ' '.repeat(Math.max(0, args.width - args.commentchar.length * 2));
    const spacer = args.commentchar + blanks + args.commentchar;
    const lines = [
      ...(args.blockstart === undefined ? [] : [args.blockstart]),
      border,
      spacer,
      ...wrap(args.title, inner).map((line) => `${left} ${center(line, inner)} ${right}`),
      spacer,
      ...wrap(args.text, inner).map((line) => `${left} ${line.padEnd(inner)} ${right}`),
      border,
      ...(args.blockend === undefined ? [] : [args.blockend]),
    ];
    return lines.join('\n') + (args.newline ? '\n' : '');
  },
});

export const boolstr = defineFunction({
  name: 'slsutil.boolstr',
  summary: 'One of two words, by whether a value is true.',
  args: z.object({
    value: nullableValue().describe('The value.'),
    true: valueOr('true').describe('The word for true.'),
    false: valueOr('false').describe('The word for false.'),
  }),
  examples: ["'*' slsutil.boolstr True yes no"],
  run: (args): Value => (isTruthy(args.value) ? args.true : args.false),
});

/** Lines of at most `width` characters, broken at blanks, words longer than a line cut, as Python's textwrap does. */
function wrap(paragraph: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of paragraph.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    while (line === '' && word.length > width) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

// Python puts the odd blank to the left when both the width and the blanks are odd.
function center(line: string, width: number): string {
  const blanks = width - line.length;
  const left = Math.floor(blanks / 2) + (blanks & width & 1);
  return ' '.repeat(left) + line + ' '.repeat(blanks - left);
}
