import { matchGlob } from '@brine/common';
import { capitalize } from '../methods/text-case.ts';
import { encode } from '../methods/text-form.ts';
import { truncateFloat } from '../operators/arithmetic.ts';
import { matchAtStart } from '../regex/python-regex.ts';
import { toFlag, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { fault, TemplateFault } from '../template-fault.ts';
import { isWhitespace } from '../values/character-classes.ts';
import { iterate, toList } from '../values/iteration.ts';
import { fromBigint, fromFloat, isIntLike, isNumeric, toInt, toNumber } from '../values/numbers.ts';
import { parseFloatText, parseInteger } from '../values/parse-number.ts';
import { toText } from '../values/python-text.ts';
import { Markup, type RuntimeValue } from '../values/runtime-value.ts';
import { toCharacters } from '../values/text-units.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';

function toSnakeCase(text: string): string {
  const letters = toCharacters(text);
  const isUpper = (letter: string | undefined): boolean => letter !== undefined && /[\p{Lu}\p{Lt}]/u.test(letter);
  const isLower = (letter: string | undefined): boolean => letter !== undefined && /\p{Ll}/u.test(letter);
  return letters
    .map((letter, index) => {
      const startsWord = index > 0 && isUpper(letter) && (isLower(letters[index - 1]) || isLower(letters[index + 1]));
      return (startsWord ? '_' : '') + letter.toLowerCase();
    })
    .join('');
}

function toCamelCase(text: string, startsUpper: boolean): string {
  const [first = '', ...rest] = text.split('_');
  return (startsUpper ? capitalize(first) : first) + rest.map(capitalize).join('');
}

const sizePattern = /^(?<value>[0-9.]*)\s*(?<unit>.*)$/s;

function toBytesCount(value: RuntimeValue, [defaultUnit, handleMetric]: BoundArguments): RuntimeValue {
  const { value: digits = '', unit = '' } = sizePattern.exec(toText(value).trim())?.groups ?? {};
  const factor = unitFactor(
    (unit === '' ? toTextArgument(defaultUnit, 'B') : unit).toLowerCase(),
    toFlag(handleMetric),
  );
  if (factor === undefined) return 0;
  const int = parseInteger(digits);
  if (int !== undefined) return fromBigint(BigInt(int) * factor);
  const float = parseFloatText(digits);
  return float === undefined ? 0 : truncateFloat(float * Number(factor));
}

/** How many bytes a unit has; `kb` and its kin count in thousands only where that is asked for. */
function unitFactor(unit: string, handleMetric: boolean): bigint | undefined {
  const isDecimal = /^[kmgtpezy]b$/.test(unit);
  if (!isDecimal && !/^(?:b|[kmgtpezy](?:ib)?)$/.test(unit)) return undefined;
  const power = 'bkmgtpezy'.indexOf(unit.slice(0, 1));
  return isDecimal && handleMetric ? 10n ** BigInt(power * 3) : 2n ** BigInt(power * 10);
}

/** A text as an int, else as a float, else as it is. */
export function toNumberOrText(value: RuntimeValue): RuntimeValue {
  if (isIntLike(value)) return toInt(value);
  if (isNumeric(value)) return truncateFloat(toNumber(value));
  if (typeof value !== 'string' && !(value instanceof Markup)) {
    throw fault(`int() argument must be a string or a real number, not '${typeName(value)}'`);
  }
  const text = toText(value);
  const float = parseFloatText(text);
  return parseInteger(text) ?? (float === undefined ? text : fromFloat(float));
}

function matchesExpression(text: string, expression: string, runtime: Runtime): boolean {
  if (matchGlob(expression, text)) return true;
  try {
    return matchAtStart(`\\A${expression}\\Z`, text, { flags: {}, runtime }) !== undefined;
  } catch (error) {
    if (error instanceof TemplateFault && error.code === 'jinja-error') return false;
    throw error;
  }
}

function toPatterns(value: RuntimeValue | undefined): string[] {
  if (value === undefined || !isTrue(value)) return [];
  return typeof value === 'string' ? [value] : toList(value).map((item) => toTextArgument(item));
}

function isAllowed(value: RuntimeValue, [white, black]: BoundArguments, runtime: Runtime): boolean {
  // Salt logs what is no text, and it matches nothing.
  const matchesAny = (patterns: readonly string[]): boolean =>
    typeof value === 'string' && patterns.some((pattern) => matchesExpression(value, pattern, runtime));
  const whitelist = toPatterns(white);
  const blacklist = toPatterns(black);
  return !matchesAny(blacklist) && (whitelist.length === 0 || matchesAny(whitelist));
}

function isHex(value: RuntimeValue): boolean {
  return (typeof value === 'string' || value instanceof Markup) && parseInteger(toText(value), 16) !== undefined;
}

const safeInShell = /^[\w@%+=:,./-]+$/;

/** Python's `shlex.quote`. */
function quoteForShell(text: string): string {
  if (text === '') return "''";
  return safeInShell.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

export const saltTextFilters: readonly Routine[] = [
  routine('to_snake_case', '', (value) => toSnakeCase(toTextArgument(value))),
  routine('to_camelcase', 'uppercamel?', (value, [upper]) => toCamelCase(toTextArgument(value), toFlag(upper))),
  routine('human_to_bytes', 'default_unit? handle_metric?', toBytesCount),
  routine('to_num', '', toNumberOrText),
  routine('str_to_num', '', toNumberOrText),
  routine('is_hex', '', isHex),
  routine('contains_whitespace', '', (value) => Array.from(iterate(value), toText).some(isWhitespace)),
  routine('check_whitelist_blacklist', 'whitelist? blacklist?', isAllowed),
  routine('quote', '', (value) => quoteForShell(isTrue(value) ? toTextArgument(value) : '')),
  routine('to_bytes', 'encoding?', (value, [encoding]) =>
    value instanceof Uint8Array ? value : encode(toTextArgument(value), toTextArgument(encoding, 'utf-8')),
  ),
];
