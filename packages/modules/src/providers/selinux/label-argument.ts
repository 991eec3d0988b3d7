import { isDict, pythonStr, type Value } from '@brine/common';
import { argument, operand, optional, type Argument } from '../../kit/index.ts';
import type { WantedLabel } from './file-label.ts';

/** A part of an SELinux label as an argument: a word that no program takes for an option. */
export function labelPart(what: string): Argument<string | undefined> {
  return optional(operand()).describe(`SELinux: ${what}.`);
}

const parts = ['seuser', 'serole', 'setype', 'serange'];

/** Parts of an SELinux label, by their names. Others are an error, for they would do nothing. */
export function labelArgument(): Argument<WantedLabel> {
  return argument('a dict of seuser, serole, setype and serange', (value) =>
    isDict(value) ? readParts([...value]) : undefined,
  );
}

function readParts(given: readonly (readonly [Value, Value])[]): WantedLabel | undefined {
  const set = given.filter(([, value]) => value !== null && value !== '');
  const read = set.map(([part, value]) => [pythonStr(part), operand().safeParse(value).data] as const);
  if (given.some(([part]) => !parts.includes(pythonStr(part)))) return undefined;
  return read.every(([, value]) => value !== undefined) ? Object.fromEntries(read) : undefined;
}
