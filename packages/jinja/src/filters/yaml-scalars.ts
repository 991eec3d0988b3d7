import { dumpYaml } from '@brine/common';
import { fault } from '../template-fault.ts';
import { toCharacters } from '../values/text-units.ts';
import { isNumeric } from '../values/numbers.ts';
import { toText } from '../values/python-text.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';

const named: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** A text in double quotes, with everything beyond ASCII escaped, as PyYAML's emitter writes it. */
export function doubleQuoted(text: string): string {
  return `"${toCharacters(text).map(escapeCharacter).join('')}"`;
}

function escapeCharacter(character: string): string {
  const letter = named[character];
  if (letter !== undefined) return `\\${letter}`;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code <= 0x7e) return character;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

/** A text in single quotes, where a line break is written as an empty line. */
export function singleQuoted(text: string): string {
  const body = text.replaceAll("'", "''").replaceAll(/[\n\x85\u2028\u2029]+/g, (breaks) => {
    const first = breaks.startsWith('\n') ? '\n' : '';
    return first + breaks.replaceAll('\x85', '\n');
  });
  return `'${body}'`;
}

/** A single value as YAML: texts always in double quotes. */
export function encodeScalar(value: RuntimeValue): string {
  if (value instanceof Undefined) value.fail();
  if (typeof value === 'string' || value instanceof Markup) return doubleQuoted(toText(value));
  if (value !== null && !isNumeric(value)) {
    throw fault(`yaml_encode() only works with YAML scalar data; failed for ${typeName(value)}`);
  }
  return dumpYaml(value).replace(/\n(?:\.\.\.\n)?$/, '');
}
