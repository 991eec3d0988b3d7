import { fault } from '../template-fault.ts';
import { toIntArgument, toOptionalInt, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { formatText } from '../formatting/format-text.ts';
import { getItem } from '../values/dict-items.ts';
import { isIntLike } from '../values/numbers.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { refuseLongText } from '../values/size-limits.ts';
import { textLength, toCharacters } from '../values/text-units.ts';

interface Padding {
  readonly missing: number;
  readonly fill: string;
}

function padding(text: string, [width, fill]: BoundArguments): Padding {
  const wanted = toIntArgument(width);
  refuseLongText(wanted);
  const character = toTextArgument(fill, ' ');
  if (textLength(character) !== 1) throw fault('The fill character must be exactly one character long');
  return { missing: Math.max(0, wanted - textLength(text)), fill: character };
}

/** Python's `str.center`, which puts the odd blank left or right depending on the width. */
export function center(text: string, args: BoundArguments): string {
  const { missing, fill } = padding(text, args);
  if (missing === 0) return text;
  const odd = missing % 2 === 1 && Number(args[0]) % 2 === 1 ? 1 : 0;
  const left = Math.floor(missing / 2) + odd;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function fillWithZeros(text: string, width: RuntimeValue | undefined): string {
  const { missing } = padding(text, [width]);
  const sign = /^[+-]/.test(text) ? text.slice(0, 1) : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

/** Python's `str.replace`. */
export function replaceText(text: string, old: string, replacement: string, most = -1): string {
  const growth = Math.max(0, replacement.length - old.length);
  if (growth > 0) refuseLongText(text.length + growth * Math.ceil((text.length + 1) / Math.max(1, old.length)));
  if (old === '') return interleave(text, replacement, most);
  if (most < 0) return text.replaceAll(old, () => replacement);
  const parts = text.split(old);
  if (parts.length <= most + 1) return parts.join(replacement);
  return [...parts.slice(0, most), parts.slice(most).join(old)].join(replacement);
}

function interleave(text: string, replacement: string, most: number): string {
  const characters = toCharacters(text);
  const times = most < 0 ? characters.length + 1 : most;
  const pieces = characters.map((character, index) => (index < times ? replacement : '') + character);
  return pieces.join('') + (times > characters.length ? replacement : '');
}

function expandTabs(text: string, size: number): string {
  refuseLongText(text.length * Math.max(1, size));
  let column = 0;
  let result = '';
  for (const character of toCharacters(text)) {
    const blanks = character === '\t' && size > 0 ? size - (column % size) : 0;
    result += character === '\t' ? ' '.repeat(blanks) : character;
    column = character === '\n' || character === '\r' ? 0 : column + (character === '\t' ? blanks : 1);
  }
  return result;
}

function translate(text: string, table: RuntimeValue): string {
  if (!(table instanceof Map)) return text;
  return toCharacters(text)
    .map((character) => translateCharacter(character, getItem(table, character.codePointAt(0) ?? 0)))
    .join('');
}

function translateCharacter(character: string, target: RuntimeValue | undefined): string {
  if (target === undefined) return character;
  if (target === null) return '';
  return isIntLike(target) ? String.fromCodePoint(Number(target)) : toTextArgument(target);
}

const encodings: Readonly<Record<string, BufferEncoding>> = {
  utf8: 'utf8',
  utf16le: 'utf16le',
  latin1: 'latin1',
  iso88591: 'latin1',
  ascii: 'latin1',
  usascii: 'latin1',
};

/** Bytes of a text in one of Python's encodings. */
export function encode(text: string, encoding: string): Uint8Array {
  const name = encoding.toLowerCase().replaceAll(/[-_]/g, '');
  const known = encodings[name];
  if (known === undefined) throw fault(`unknown encoding: ${encoding}`);
  const highest = name.includes('ascii') ? 0x7f : known === 'latin1' ? 0xff : 0x10ffff;
  const misfit = toCharacters(text).find((character) => (character.codePointAt(0) ?? 0) > highest);
  if (misfit !== undefined) throw fault(`'${encoding}' codec can't encode character '${misfit}'`);
  return new Uint8Array(Buffer.from(text, known));
}

export const textFormMethods: readonly Routine<string>[] = [
  routine<string>('ljust', 'width fillchar?', (text, args) => {
    const { missing, fill } = padding(text, args);
    return text + fill.repeat(missing);
  }),
  routine<string>('rjust', 'width fillchar?', (text, args) => {
    const { missing, fill } = padding(text, args);
    return fill.repeat(missing) + text;
  }),
  routine<string>('center', 'width fillchar?', center),
  routine<string>('zfill', 'width', (text, [width]) => fillWithZeros(text, width)),
  routine<string>('replace', 'old new count?', (text, [old, replacement, count]) =>
    replaceText(text, toTextArgument(old), toTextArgument(replacement), toOptionalInt(count)),
  ),
  routine<string>('removeprefix', 'prefix', (text, [prefix]) => {
    const unwanted = toTextArgument(prefix);
    return text.startsWith(unwanted) ? text.slice(unwanted.length) : text;
  }),
  routine<string>('removesuffix', 'suffix', (text, [suffix]) => {
    const unwanted = toTextArgument(suffix);
    return unwanted !== '' && text.endsWith(unwanted) ? text.slice(0, -unwanted.length) : text;
  }),
  routine<string>('expandtabs', 'tabsize?', (text, [size]) => expandTabs(text, toIntArgument(size, 8))),
  routine<string>('translate', 'table', (text, [table]) => translate(text, table ?? null)),
  routine<string>('encode', 'encoding?', (text, [encoding]) => encode(text, toTextArgument(encoding, 'utf-8'))),
  routine<string>('format', '* **', (text, [positional, keyword], runtime) =>
    formatText(
      text,
      { positional: positional as RuntimeValue[], keyword: keyword as Map<string, RuntimeValue> },
      runtime,
    ),
  ),
  routine<string>('format_map', 'mapping', (text, [mapping], runtime) => {
    const keyword = mapping instanceof Map ? mapping : new Map<RuntimeValue, RuntimeValue>();
    return formatText(text, { positional: [], keyword: keyword as Map<string, RuntimeValue> }, runtime);
  }),
];
