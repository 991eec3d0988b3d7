import { AppError } from './app-error.ts';
import { compareValues, pythonTypeName } from './compare-values.ts';
import { formatFloat } from './format-float.ts';
import { pythonRepr } from './python-repr.ts';
import { isDict, isFloat, type Dict, type Float, type Value } from './value.ts';

/** How {@link dumpJson} writes; the defaults are those of Python's `json.dumps`. */
export interface DumpJsonOptions {
  /** Blanks per level, or the text of a level; without it everything is on one line. */
  readonly indent?: number | string;
  /** Sorts keys; throws `value-unordered` when they are of kinds Python cannot order. Default: false. */
  readonly sortKeys?: boolean;
  /** Writes characters outside ASCII as `\uXXXX`. Default: true. */
  readonly ensureAscii?: boolean;
  /** `python`: `", "` and `": "` (`","` at line ends); `compact`: no blanks; or those two. Default: `python`. */
  readonly separators?: 'compact' | 'python' | readonly [item: string, key: string];
  /** Writes bytes as the text they encode in UTF-8, or as Python's literal of them (`b'\\xff'`). Default: `text`. */
  readonly bytes?: 'literal' | 'text';
}

/**
 * Writes a value as Python's `json.dumps` does: floats keep `.0`, infinities and NaN are `Infinity` and `NaN`,
 * keys become text (`true`, `null`, `1`). Throws
 * `json-unsupported` when a key is a list, a dict or bytes.
 */
export function dumpJson(value: Value, options: DumpJsonOptions = {}): string {
  return write(value, { ...createStyle(options), lineBreak: '\n' });
}

interface Style {
  readonly indent: string | undefined;
  readonly sortKeys: boolean;
  readonly ensureAscii: boolean;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly bytes: 'literal' | 'text';
  /** A line break and the blanks of the current level. */
  readonly lineBreak: string;
}

function createStyle(options: DumpJsonOptions): Omit<Style, 'lineBreak'> {
  const indent = typeof options.indent === 'number' ? ' '.repeat(options.indent) : options.indent;
  const [itemSeparator, keySeparator] = chooseSeparators(options.separators, indent !== undefined);
  return {
    indent,
    sortKeys: options.sortKeys ?? false,
    ensureAscii: options.ensureAscii ?? true,
    itemSeparator,
    keySeparator,
    bytes: options.bytes ?? 'text',
  };
}

function chooseSeparators(separators: DumpJsonOptions['separators'], hasLines: boolean): readonly [string, string] {
  if (typeof separators === 'object') return separators;
  if (separators === 'compact') return [',', ':'];
  return [hasLines ? ',' : ', ', ': '];
}

function write(value: Value, style: Style): string {
  if (typeof value === 'string') return writeText(value, style);
  if (value instanceof Uint8Array) {
    return writeText(style.bytes === 'text' ? new TextDecoder().decode(value) : pythonRepr(value), style);
  }
  if (Array.isArray(value)) {
    const inner = deeper(style);
    return wrap(
      ['[', ']'],
      value.map((item) => write(item, inner)),
      style,
    );
  }
  return isDict(value) ? writeDict(value, style) : writeAtom(value);
}

function writeAtom(value: null | boolean | number | bigint | Float): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isFloat(value)) return writeFloat(Number(value));
  return BigInt(value).toString();
}

function writeFloat(number: number): string {
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? 'Infinity' : '-Infinity';
  return formatFloat(number);
}

function writeDict(dict: Dict, style: Style): string {
  const entries = Array.from(dict);
  if (style.sortKeys) entries.sort(([a], [b]) => compareValues(a, b));
  const inner = deeper(style);
  const members = entries.map(([key, item]) => {
    return `${writeText(keyText(key), style)}${style.keySeparator}${write(item, inner)}`;
  });
  return wrap(['{', '}'], members, style);
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key instanceof Uint8Array || Array.isArray(key) || isDict(key)) {
    const kind = pythonTypeName(key);
    throw new AppError({ code: 'json-unsupported', message: `keys must be text or numbers, not ${kind}` });
  }
  return writeAtom(key);
}

function deeper(style: Style): Style {
  return style.indent === undefined ? style : { ...style, lineBreak: style.lineBreak + style.indent };
}

function wrap([open, close]: readonly [string, string], members: readonly string[], style: Style): string {
  if (members.length === 0) return open + close;
  if (style.indent === undefined) return open + members.join(style.itemSeparator) + close;
  const inner = style.lineBreak + style.indent;
  return `${open}${inner}${members.join(style.itemSeparator + inner)}${style.lineBreak}${close}`;
}

const namedEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function writeText(text: string, style: Style): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
  const special = style.ensureAscii ? /["\\]|[^ -~]/g : /["\\\u0000-\u001f]/g;
  const escaped = text.replace(special, (unit) => {
    return namedEscapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
