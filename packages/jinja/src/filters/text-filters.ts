import { formatPercent } from '../formatting/percent-format.ts';
import { capitalize } from '../methods/text-case.ts';
import { center, replaceText } from '../methods/text-form.ts';
import { strip } from '../methods/text-parts.ts';
import { toFlag, toIntArgument, toOptionalInt, toOptionalText, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { fault } from '../template-fault.ts';
import { splitLines, whitespaceClass } from '../values/character-classes.ts';
import { lengthOf } from '../values/iteration.ts';
import { toText } from '../values/python-text.ts';
import { Markup, Tuple, type RuntimeValue } from '../values/runtime-value.ts';
import { checkedText, refuseLongText } from '../values/size-limits.ts';
import { textLength, textSlice } from '../values/text-units.ts';
import { wrapText } from './wrap-text.ts';

const wordStart = new RegExp(`([-${whitespaceClass}({[<]+)`);

/** Jinja's `title`: a capital after blanks, hyphens and opening brackets only. */
function title(text: string): string {
  return text
    .split(wordStart)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('');
}

function indent(text: string, [width, first, blank]: BoundArguments): string {
  const margin = typeof width === 'string' ? width : ' '.repeat(toIntArgument(width, 4));
  const lines = splitLines(`${text}\n`);
  refuseLongText(text.length + margin.length * lines.length);
  const [head = '', ...rest] = lines;
  const indented = rest.map((line) => (line !== '' || toFlag(blank) ? margin + line : line));
  return (toFlag(first) ? margin : '') + [head, ...indented].join('\n');
}

/** Anything that has a length and is short enough stays as it is. */
function isShort(value: RuntimeValue, [length, , , leeway]: BoundArguments): boolean {
  return typeof value !== 'string' && lengthOf(value) <= toIntArgument(length, 255) + (toOptionalInt(leeway) ?? 5);
}

function truncate(text: string, [length, killWords, end, leeway]: BoundArguments): string {
  const most = toIntArgument(length, 255);
  const ending = toTextArgument(end, '...');
  const spare = toOptionalInt(leeway) ?? 5;
  if (most < textLength(ending)) throw fault(`expected length >= ${textLength(ending)}, got ${most}`);
  if (spare < 0) throw fault(`expected leeway >= 0, got ${spare}`);
  if (textLength(text) <= most + spare) return text;
  const head = textSlice(text, 0, most - textLength(ending));
  if (toFlag(killWords)) return head + ending;
  const lastBlank = head.lastIndexOf(' ');
  return (lastBlank === -1 ? head : head.slice(0, lastBlank)) + ending;
}

function wordWrap(text: string, [width, breakLong, wrapString, breakHyphens]: BoundArguments): string {
  const separator = toOptionalText(wrapString) ?? '\n';
  const options = {
    width: toIntArgument(width, 79),
    breakLongWords: toFlag(breakLong, true),
    breakOnHyphens: toFlag(breakHyphens, true),
  };
  return splitLines(text)
    .map((line) => wrapText(line, options).join(separator))
    .join(separator);
}

function format(text: string, [positional, keyword]: BoundArguments): string {
  const values = positional as RuntimeValue[];
  const named = keyword as Map<RuntimeValue, RuntimeValue>;
  if (values.length > 0 && named.size > 0)
    throw fault("can't handle positional and keyword arguments at the same time");
  return formatPercent(text, named.size > 0 ? named : new Tuple(values));
}

function onText(run: (text: string, args: BoundArguments) => RuntimeValue): Routine['run'] {
  return (value, args) => run(toText(value), args);
}

export const textFilters: readonly Routine[] = [
  routine(
    'upper',
    '',
    onText((text) => text.toUpperCase()),
  ),
  routine(
    'lower',
    '',
    onText((text) => text.toLowerCase()),
  ),
  routine('title', '', onText(title)),
  routine('capitalize', '', onText(capitalize)),
  routine(
    'center',
    'width?',
    onText((text, [width]) => center(text, [width ?? 80])),
  ),
  routine(
    'trim',
    'chars?',
    onText((text, [chars]) => strip(text, toOptionalText(chars))),
  ),
  routine('string', '', (value) => (value instanceof Markup ? value : toText(value))),
  routine('format', '* **', onText(format)),
  routine('indent', 'width? first? blank?', (value, args) => indent(toTextArgument(value), args)),
  routine('truncate', 'length? killwords? end? leeway?', (value, args) =>
    isShort(value, args) ? value : truncate(toTextArgument(value), args),
  ),
  routine('wordwrap', 'width? break_long_words? wrapstring? break_on_hyphens?', (value, args) =>
    wordWrap(toTextArgument(value), args),
  ),
  routine(
    'wordcount',
    '',
    onText((text) => (text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []).length),
  ),
  routine(
    'replace',
    'old new count?',
    onText((text, [old = null, replacement = null, count]) =>
      checkedText(replaceText(text, toText(old), toText(replacement), toOptionalInt(count))),
    ),
  ),
];
