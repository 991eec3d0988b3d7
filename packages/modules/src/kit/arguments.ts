import { Float, isDict, isFloat, isInteger, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';

/** A schema for one argument: reads a value as SLS files and command lines give it, `null` meaning "not given". */
export type Argument<Output> = z.ZodType<Output, Value | undefined>;

/** Makes an argument schema from a reader that gives `undefined` for what it cannot take. */
export function argument<Output>(expected: string, read: (value: Value) => Output | undefined): Argument<Output> {
  return z
    .custom<Value | undefined>()
    .transform((value, context): Output => {
      const isAbsent = value === undefined || value === null;
      const output = isAbsent ? undefined : read(value);
      if (output !== undefined) return output;
      context.addIssue({ code: 'custom', message: isAbsent ? 'is required' : `must be ${expected}` });
      return z.NEVER;
    })
    .meta({ expected });
}

/** Accepts `null` and nothing at all as `undefined`. */
export function optional<Output>(schema: Argument<Output>): Argument<Output | undefined> {
  return withAbsent(schema, () => undefined);
}

/** Gives `value` where the argument is absent or `null`. */
export function withDefault<Output>(schema: Argument<Output>, value: Output): Argument<Output> {
  return withAbsent(schema, () => value);
}

function withAbsent<Output, Absent>(schema: Argument<Output>, absent: () => Absent): Argument<Output | Absent> {
  return z
    .custom<Value | undefined>()
    .transform((value, context): Output | Absent => {
      if (value === undefined || value === null) return absent();
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) context.addIssue({ code: 'custom', message: issue.message });
      return z.NEVER;
    })
    .meta({ expected: schema.meta()?.['expected'] });
}

/** Text; numbers and booleans are written as Python writes them, for YAML makes them of unquoted words. */
export function text(): Argument<string> {
  return argument('text', readText);
}

/** Text on one line without a NUL, as names in line-oriented files and on command lines have to be. */
export function lineText(): Argument<string> {
  return argument('text on one line', (value) => {
    const line = readText(value);
    return line === undefined || /[\n\r\0]/.test(line) ? undefined : line;
  });
}

/** Text on one line that no program takes for an option: it does not start with a dash. */
export function operand(): Argument<string> {
  return argument('text on one line that does not start with a dash', (value) => {
    const line = readText(value);
    return line === undefined || /^-|[\n\r\0]/.test(line) ? undefined : line;
  });
}

/** The absolute path of a file, on one line. */
export function absolutePath(): Argument<string> {
  return argument('an absolute path on one line', (value) => {
    const path = readText(value);
    return path?.startsWith('/') !== true || /[\n\r\0]/.test(path) ? undefined : path;
  });
}

/** One text out of `choices`. */
export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Argument<Choice> {
  return argument(`one of ${choices.join(', ')}`, (value) => {
    const word = readText(value);
    return choices.find((choice) => choice === word);
  });
}

function readText(value: Value): string | undefined {
  if (typeof value === 'object' || value === null) return value instanceof Float ? pythonStr(value) : undefined;
  const written = pythonStr(value);
  // Half of a surrogate pair is no character: neither files nor programs could have it.
  return /[\ud800-\udfff]/u.test(written) ? undefined : written;
}

/** A whole number, also written as text or as a float without a fraction. */
export function integer(): Argument<number> {
  return argument('a whole number', (value) => {
    const number = readNumber(value);
    return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
  });
}

/** Any number, also written as text. */
export function number(): Argument<number> {
  return argument('a number', readNumber);
}

function readNumber(value: Value): number | undefined {
  if (isInteger(value) || isFloat(value)) return Number(value);
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+(\.\d*)?|\.\d+)\s*$/.test(value)) return undefined;
  return Number(value);
}

const trueWords: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1']);
const falseWords: ReadonlySet<string> = new Set(['false', 'no', 'off', '0', 'none', '']);

/** A boolean, also as 0 or 1 or as one of YAML's words. */
export function flag(): Argument<boolean> {
  return argument('true or false', readFlag);
}

function readFlag(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' || value === 0 || value === 1 ? pythonStr(value).toLowerCase() : 'other';
  if (trueWords.has(word)) return true;
  return falseWords.has(word) ? false : undefined;
}

/** Either what `first` or what `second` takes, tried in this order. */
export function either<A, B>(first: Argument<A>, second: Argument<B>): Argument<A | B> {
  const expected = `${String(first.meta()?.['expected'])} or ${String(second.meta()?.['expected'])}`;
  return argument<A | B>(expected, (value) => {
    const asFirst = first.safeParse(value);
    return asFirst.success ? asFirst.data : second.safeParse(value).data;
  });
}

/** Permission bits. `644`, `'644'`, `'0644'` and `'0o644'` all mean `0o644`: YAML drops leading zeros. */
export function fileMode(): Argument<number> {
  return argument("an octal mode such as '0644'", (value) => {
    const digits = readText(value)?.replace(/^0o/, '');
    return digits !== undefined && /^[0-7]{1,5}$/.test(digits) ? parseInt(digits, 8) & 0o7777 : undefined;
  });
}

/** A {@link fileMode}, or `keep` for that of the source. */
export function fileModeOrKeep(): Argument<number | 'keep'> {
  return either(oneOf('keep'), fileMode());
}

/** Writes permission bits as Salt does: `0644`, `4755`. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** An account or group: its name, or its number. */
export function accountName(): Argument<string | number> {
  return argument('a name or a number', (value) => {
    if (isInteger(value)) return Number(value) >= 0 ? Number(value) : undefined;
    return typeof value === 'string' && !/[\n\r\0:]/.test(value) ? value : undefined;
  });
}

/** A list of texts, or a single one. */
export function textList(): Argument<readonly string[]> {
  return argument('a text or a list of texts', (value) => {
    const items = (Array.isArray(value) ? value : [value]).map(readText);
    return items.every((item) => item !== undefined) ? items : undefined;
  });
}

/** A list of texts, or a single one whose parts are separated by commas. */
export function commaList(): Argument<readonly string[]> {
  return argument('a list of texts, or a text with commas', (value) => {
    const items = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
    const texts = (Array.isArray(items) ? items : [items]).map(readText);
    return texts.every((item) => item !== undefined) ? texts.filter((item) => item !== '') : undefined;
  });
}

/** A list of whole numbers, a single one, or a text of some with commas. */
export function integerList(): Argument<readonly number[]> {
  return argument('a whole number or a list of them', (value) => {
    const given = typeof value === 'string' ? value.split(',') : value;
    const items = (Array.isArray(given) ? given : [given]).map(readNumber);
    return items.every((item) => item !== undefined && Number.isSafeInteger(item)) ? (items as number[]) : undefined;
  });
}

/** A list of any values. */
export function valueList(): Argument<Value[]> {
  return argument('a list', (value) => (Array.isArray(value) ? value : undefined));
}

/** A dict. */
export function dict(): Argument<Dict> {
  return argument('a dict', (value) => (isDict(value) ? value : undefined));
}

/** A dict, or a list of dicts that together make one (as SLS files write `env`). */
export function dictOrList(): Argument<Dict> {
  return argument('a dict or a list of dicts', (value) => {
    if (isDict(value)) return value;
    if (!Array.isArray(value) || !value.every(isDict)) return undefined;
    return new Map(value.flatMap((item) => [...item]));
  });
}

/** Any value but `null`. */
export function anyValue(): Argument<Value> {
  return argument('a value', (value) => value);
}

/** Any value, `null` too. */
export function nullableValue(): Argument<Value> {
  return z
    .custom<Value | undefined>()
    .transform((value) => value ?? null)
    .meta({ expected: 'a value' });
}

/** Any value, `null` too, that has to be given. */
export function givenValue(): Argument<Value> {
  return z
    .custom<Value | undefined>()
    .transform((value, context): Value => {
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: 'is required' });
      return z.NEVER;
    })
    .meta({ expected: 'a value' });
}

/** An argument of Salt's that is not supported: refused when given, whatever its value. */
export function unsupported(what: string): Argument<undefined> {
  return z
    .custom<Value | undefined>()
    .transform((value, context): undefined => {
      if (value === undefined || value === null || value === false) return undefined;
      context.addIssue({ code: 'custom', message: `is not supported: ${what}` });
      return z.NEVER;
    })
    .meta({ expected: 'nothing' })
    .describe(`Not supported: ${what}.`);
}
