/**
 * Python counts texts in code points, JavaScript in UTF-16 units. Texts without surrogates, nearly all, take the
 * short way.
 */
const surrogateUnit = /[\ud800-\udfff]/;

function isWide(text: string): boolean {
  return surrogateUnit.test(text);
}

/** The code points of a text, each as a text. */
export function toCharacters(text: string): string[] {
  return isWide(text) ? Array.from(text) : text.split('');
}

/** Length in code points. */
export function textLength(text: string): number {
  return isWide(text) ? Array.from(text).length : text.length;
}

/** The part of a text between two code point positions, both within it. */
export function textSlice(text: string, start: number, end: number): string {
  return isWide(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end);
}

/** The code point position of a unit position. */
export function toCodePointIndex(text: string, unitIndex: number): number {
  if (unitIndex <= 0) return unitIndex;
  return textLength(text.slice(0, unitIndex));
}
