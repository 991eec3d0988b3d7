import { routine, type Routine } from '../runtime/routine.ts';
import { isWhitespace } from '../values/character-classes.ts';
import { toCharacters } from '../values/text-units.ts';

const cased = /[\p{Lu}\p{Ll}\p{Lt}]/u;
const lowercase = /\p{Ll}/u;
const uppercase = /[\p{Lu}\p{Lt}]/u;

/** Python's `str.title`: a capital after everything that is no letter with case. */
function toTitleCase(text: string): string {
  let afterCased = false;
  let result = '';
  for (const character of toCharacters(text)) {
    result += afterCased ? character.toLowerCase() : capital(character);
    afterCased = cased.test(character);
  }
  return result;
}

function capital(character: string): string {
  const upper = character.toUpperCase();
  // Ligatures such as ß become SS; in a title only the first of them stays a capital.
  return upper.length > character.length ? upper.slice(0, 1) + upper.slice(1).toLowerCase() : upper;
}

/** Python's `str.capitalize`. */
export function capitalize(text: string): string {
  const [first = '', ...rest] = toCharacters(text);
  return capital(first) + rest.join('').toLowerCase();
}

/** Python's `str.casefold`. */
function foldCase(text: string): string {
  return toCharacters(text)
    .map((character) => character.toUpperCase().toLowerCase())
    .join('');
}

function swapCase(text: string): string {
  return toCharacters(text)
    .map((character) => (lowercase.test(character) ? character.toUpperCase() : character.toLowerCase()))
    .join('');
}

/** Whether a text has letters with case and all of them are capitals. */
export function isUpper(text: string): boolean {
  return uppercase.test(text) && !lowercase.test(text);
}

export function isLower(text: string): boolean {
  return lowercase.test(text) && !uppercase.test(text);
}

function isTitle(text: string): boolean {
  return cased.test(text) && text === toTitleCase(text);
}

const digitClass = '\\p{Nd}\\u00b2\\u00b3\\u00b9\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468';

function matches(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}

export const textCaseMethods: readonly Routine<string>[] = [
  routine<string>('upper', '', (text) => text.toUpperCase()),
  routine<string>('lower', '', (text) => text.toLowerCase()),
  routine<string>('title', '', toTitleCase),
  routine<string>('capitalize', '', capitalize),
  routine<string>('swapcase', '', swapCase),
  routine<string>('casefold', '', foldCase),
  routine<string>('isupper', '', isUpper),
  routine<string>('islower', '', isLower),
  routine<string>('istitle', '', isTitle),
  routine<string>('isspace', '', isWhitespace),
  routine<string>('isalpha', '', matches(/^\p{L}+$/u)),
  routine<string>('isdecimal', '', matches(/^\p{Nd}+$/u)),
  routine<string>('isdigit', '', matches(new RegExp(`^[${digitClass}]+$`, 'u'))),
  routine<string>('isnumeric', '', matches(/^\p{N}+$/u)),
  routine<string>('isalnum', '', matches(/^[\p{L}\p{N}]+$/u)),
  routine<string>('isascii', '', matches(/^[\0-\x7f]*$/)),
  routine<string>('isidentifier', '', matches(/^[\p{ID_Start}_]\p{ID_Continue}*$/u)),
  routine<string>('isprintable', '', matches(/^(?:[^\p{C}\p{Z}]| )*$/u)),
];
