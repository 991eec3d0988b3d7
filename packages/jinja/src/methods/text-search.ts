import { fault } from '../template-fault.ts';
import { toIntArgument, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { Tuple, type RuntimeValue } from '../values/runtime-value.ts';
import { textLength, textSlice, toCodePointIndex } from '../values/text-units.ts';
import { typeName } from '../values/type-name.ts';

interface Window {
  readonly text: string;
  readonly start: number;
  /** Whether `start` lies beyond the end, where not even the empty text is found. */
  readonly isBeyond: boolean;
}

function windowOf(text: string, start: RuntimeValue | undefined, end: RuntimeValue | undefined): Window {
  const length = textLength(text);
  const clamp = (index: number): number => Math.max(0, index < 0 ? index + length : index);
  const from = clamp(toIndex(start, 0));
  const to = Math.min(length, clamp(toIndex(end, length)));
  return { text: textSlice(text, from, Math.max(from, to)), start: from, isBeyond: from > to };
}

function toIndex(value: RuntimeValue | undefined, fallback: number): number {
  return value === undefined || value === null ? fallback : toIntArgument(value);
}

type Find = (text: string, part: string) => number;

const findFirst: Find = (text, part) => text.indexOf(part);
const findLast: Find = (text, part) => text.lastIndexOf(part);

function find(text: string, args: BoundArguments, search: Find): number {
  const [part, start, end] = args;
  const window = windowOf(text, start, end);
  if (window.isBeyond) return -1;
  const index = toCodePointIndex(window.text, search(window.text, toTextArgument(part)));
  return index === -1 ? -1 : index + window.start;
}

function findOrFail(text: string, args: BoundArguments, search: Find): number {
  const index = find(text, args, search);
  if (index === -1) throw fault('substring not found');
  return index;
}

function count(text: string, args: BoundArguments): number {
  const [part, start, end] = args;
  const window = windowOf(text, start, end);
  const wanted = toTextArgument(part);
  if (window.isBeyond) return 0;
  return wanted === '' ? textLength(window.text) + 1 : window.text.split(wanted).length - 1;
}

function affixes(value: RuntimeValue | undefined, method: string): string[] {
  if (value instanceof Tuple) return value.items.map((item) => toTextArgument(item));
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) || value === null) {
    throw fault(
      `${method} first arg must be str or a tuple of str, not ${typeName(value)}`,
      'write (…) instead of […]',
    );
  }
  return [toTextArgument(value)];
}

function hasAffix(text: string, args: BoundArguments, method: 'startsWith' | 'endsWith'): boolean {
  const [affix, start, end] = args;
  const window = windowOf(text, start, end);
  const wanted = affixes(affix, method.toLowerCase());
  return !window.isBeyond && wanted.some((candidate) => window.text[method](candidate));
}

export const textSearchMethods: readonly Routine<string>[] = [
  routine<string>('find', 'sub start? end?', (text, args) => find(text, args, findFirst)),
  routine<string>('rfind', 'sub start? end?', (text, args) => find(text, args, findLast)),
  routine<string>('index', 'sub start? end?', (text, args) => findOrFail(text, args, findFirst)),
  routine<string>('rindex', 'sub start? end?', (text, args) => findOrFail(text, args, findLast)),
  routine<string>('count', 'sub start? end?', count),
  routine<string>('startswith', 'prefix start? end?', (text, args) => hasAffix(text, args, 'startsWith')),
  routine<string>('endswith', 'suffix start? end?', (text, args) => hasAffix(text, args, 'endsWith')),
];
