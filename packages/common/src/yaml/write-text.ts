import { put, putIndent, putIndicator, putLineBreak, type Emitter } from './emitter.ts';
import { isLineBreak, isPrintable } from './text-analysis.ts';

/** A text's code points, and whether it may be continued on further lines. */
export interface WritableText {
  readonly characters: readonly string[];
  readonly mayFold: boolean;
}

/** Writes a text without quotes. */
export function writePlain(emitter: Emitter, { characters, mayFold }: WritableText): void {
  if (!emitter.endsBlank && (characters.length > 0 || emitter.flowDepth > 0)) put(emitter, ' ');
  for (const [index, character] of characters.entries()) {
    if (mayFold && foldsHere(emitter, characters, index)) putIndent(emitter);
    else put(emitter, character);
  }
  emitter.endsBlank = false;
  emitter.isIndentation = false;
}

/** Writes a text in single quotes; line breaks in it are doubled, as a single one would be read as a blank. */
export function writeSingleQuoted(emitter: Emitter, { characters, mayFold }: WritableText): void {
  putIndicator(emitter, "'", { needsBlank: true });
  let wasBreak = false;
  for (const [index, character] of characters.entries()) {
    const isBreak = isLineBreak(character);
    if (isBreak) {
      if (!wasBreak && character === '\n') putLineBreak(emitter);
      putLineBreak(emitter, character);
      emitter.isIndentation = true;
    } else {
      if (wasBreak) putIndent(emitter);
      writeQuotedCharacter(emitter, { characters, mayFold }, index);
    }
    wasBreak = isBreak;
  }
  if (wasBreak) putIndent(emitter);
  putIndicator(emitter, "'");
}

function writeQuotedCharacter(emitter: Emitter, { characters, mayFold }: WritableText, index: number): void {
  const isInside = index > 0 && index < characters.length - 1;
  if (mayFold && isInside && foldsHere(emitter, characters, index)) {
    putIndent(emitter);
    return;
  }
  const character = characters[index] ?? '';
  put(emitter, character === "'" ? "''" : character);
  emitter.isIndentation &&= character === ' ';
}

/** Writes a text in double quotes with escapes. */
export function writeDoubleQuoted(emitter: Emitter, { characters, mayFold }: WritableText): void {
  putIndicator(emitter, '"', { needsBlank: true });
  for (const [index, character] of characters.entries()) {
    const isInside = index > 0 && index < characters.length - 1;
    if (mayFold && isInside && isFirstBlank(characters, index) && emitter.column > emitter.width) {
      putIndent(emitter);
      // A blank at the start of a line would be dropped by the reader.
      if (characters[index + 1] === ' ') put(emitter, '\\');
    } else {
      put(emitter, escapeCharacter(character, emitter.asciiOnly));
    }
  }
  putIndicator(emitter, '"');
}

/** Writes a text as a literal block (`|`). Its last line has to end in a line break. */
export function writeLiteral(emitter: Emitter, { characters }: WritableText): void {
  putIndicator(emitter, '|', { needsBlank: true });
  putLineBreak(emitter);
  emitter.isIndentation = true;
  emitter.endsBlank = true;
  let wasBreak = true;
  for (const character of characters) {
    const isBreak = isLineBreak(character);
    if (isBreak) {
      putLineBreak(emitter, character);
      emitter.isIndentation = true;
    } else {
      if (wasBreak) putIndent(emitter);
      put(emitter, character);
      emitter.isIndentation = false;
    }
    wasBreak = isBreak;
  }
}

// A line that is too long goes on after a blank that stands alone.
function foldsHere(emitter: Emitter, characters: readonly string[], index: number): boolean {
  return emitter.column > emitter.width && isFirstBlank(characters, index) && characters[index + 1] !== ' ';
}

function isFirstBlank(characters: readonly string[], index: number): boolean {
  return characters[index] === ' ' && characters[index - 1] !== ' ';
}

const namedEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\u0007', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\u000b', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\u001b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\u0085', 'N'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

/** A character as it stands between double quotes. `asciiOnly`: also those beyond ASCII are written as escapes. */
export function escapeCharacter(character: string, asciiOnly = false): string {
  const named = namedEscapes.get(character);
  if (named !== undefined) return `\\${named}`;
  const codePoint = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && !(asciiOnly && codePoint > 0x7f)) return character;
  if (codePoint === 0xa0) return '\\_';
  const digits = codePoint.toString(16).toUpperCase();
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
