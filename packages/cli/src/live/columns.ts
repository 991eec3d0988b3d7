/** Text that cannot steer a terminal: control characters and those that turn the direction of writing become `?`. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '?');
}

const wide =
  /^[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]$|^\p{Emoji_Presentation}/u;
const withoutWidth = /^[\p{Mn}\p{Me}\u200B-\u200D\uFEFF]$/u;

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

function columnsOfOne(character: string): number {
  if (withoutWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Cuts a text that is wider than `columns`; what is cut ends in `…`. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let room = Math.max(0, columns - 1);
  for (const character of text) {
    room -= columnsOfOne(character);
    if (room < 0) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}
