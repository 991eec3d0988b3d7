import { fault } from '../template-fault.ts';
import { toFlag, toOptionalInt, toOptionalText, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { findWords, splitLines, trim, trimEnd, trimStart } from '../values/character-classes.ts';
import { iterate } from '../values/iteration.ts';
import { Markup, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { checkedText } from '../values/size-limits.ts';
import { toCharacters } from '../values/text-units.ts';
import { typeName } from '../values/type-name.ts';

function split(text: string, [separator, most]: BoundArguments): string[] {
  const wanted = toOptionalText(separator);
  const limit = toOptionalInt(most) ?? -1;
  if (wanted === undefined) return splitAtWhitespace(text, limit);
  return splitAt(text, refuseEmpty(wanted), limit);
}

function refuseEmpty(separator: string): string {
  if (separator === '') throw fault('empty separator');
  return separator;
}

function splitAt(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function splitAtWhitespace(text: string, limit: number): string[] {
  const words = findWords(text);
  if (limit < 0 || words.length <= limit) return words.map(([word]) => word);
  const rest = words[limit];
  const head = words.slice(0, limit).map(([word]) => word);
  return rest === undefined ? head : [...head, text.slice(rest.index)];
}

function splitFromRight(text: string, [separator, most]: BoundArguments): string[] {
  const wanted = toOptionalText(separator);
  const limit = toOptionalInt(most) ?? -1;
  if (wanted === undefined) return splitWordsFromRight(text, limit);
  const parts = text.split(refuseEmpty(wanted));
  if (limit < 0 || parts.length <= limit + 1) return parts;
  const cut = parts.length - limit;
  return [parts.slice(0, cut).join(wanted), ...parts.slice(cut)];
}

function splitWordsFromRight(text: string, limit: number): string[] {
  const words = findWords(text);
  if (limit < 0 || words.length <= limit) return words.map(([word]) => word);
  const cut = words.length - limit;
  const last = words[cut - 1];
  const tail = words.slice(cut).map(([word]) => word);
  return last === undefined ? tail : [text.slice(0, last.index + last[0].length), ...tail];
}

function partition(text: string, separator: string): Tuple {
  const index = text.indexOf(refuseEmpty(separator));
  if (index === -1) return new Tuple([text, '', '']);
  return new Tuple([text.slice(0, index), separator, text.slice(index + separator.length)]);
}

function partitionFromRight(text: string, separator: string): Tuple {
  const index = text.lastIndexOf(refuseEmpty(separator));
  if (index === -1) return new Tuple(['', '', text]);
  return new Tuple([text.slice(0, index), separator, text.slice(index + separator.length)]);
}

type Side = 'both' | 'start' | 'end';

/** Python's `strip` and its one-sided forms; `characters` is a set of characters, not a prefix. */
export function strip(text: string, characters: string | undefined, side: Side = 'both'): string {
  if (characters === undefined)
    return side === 'both' ? trim(text) : side === 'start' ? trimStart(text) : trimEnd(text);
  const unwanted = new Set(toCharacters(characters));
  const units = toCharacters(text);
  let start = 0;
  let end = units.length;
  while (side !== 'end' && start < end && unwanted.has(units[start] as string)) start += 1;
  while (side !== 'start' && end > start && unwanted.has(units[end - 1] as string)) end -= 1;
  return units.slice(start, end).join('');
}

function join(separator: string, items: RuntimeValue): string {
  const parts: string[] = [];
  for (const item of iterate(items)) parts.push(toMember(item, parts.length));
  return checkedText(parts.join(separator));
}

function toMember(item: RuntimeValue, index: number): string {
  if (typeof item === 'string') return item;
  if (item instanceof Markup) return item.text;
  if (item instanceof Undefined) item.fail();
  throw fault(
    `sequence item ${index}: expected str instance, ${typeName(item)} found`,
    'the `join` filter takes anything',
  );
}

export const textPartMethods: readonly Routine<string>[] = [
  routine<string>('split', 'sep? maxsplit?', split),
  routine<string>('rsplit', 'sep? maxsplit?', splitFromRight),
  routine<string>('splitlines', 'keepends?', (text, [keep]) => splitLines(text, toFlag(keep))),
  routine<string>('partition', 'sep', (text, [separator]) => partition(text, toTextArgument(separator))),
  routine<string>('rpartition', 'sep', (text, [separator]) => partitionFromRight(text, toTextArgument(separator))),
  routine<string>('strip', 'chars?', (text, [chars]) => strip(text, toOptionalText(chars))),
  routine<string>('lstrip', 'chars?', (text, [chars]) => strip(text, toOptionalText(chars), 'start')),
  routine<string>('rstrip', 'chars?', (text, [chars]) => strip(text, toOptionalText(chars), 'end')),
  routine<string>('join', 'iterable', (separator, [items]) => join(separator, items ?? null)),
];
