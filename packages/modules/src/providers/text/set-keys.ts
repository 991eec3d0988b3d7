import { splitLines } from './unified-diff.ts';

/** A key and the value it is to have; `type` names a value that was no text, for the diff. */
export interface KeySetting {
  readonly key: string;
  readonly value: string;
  readonly type?: string | undefined;
}

/** What `file.keyvalue` is asked for. */
export interface KeyWishes {
  readonly pairs: readonly KeySetting[];
  readonly separator: string;
  readonly count: number;
  readonly uncomment: string | undefined;
  readonly key_ignore_case: boolean;
  readonly value_ignore_case: boolean;
  readonly append_if_not_found: boolean;
  readonly prepend_if_not_found: boolean;
}

/** The new text, how many lines changed, and the changes line by line as Salt shows them. */
export interface KeyChanges {
  readonly text: string;
  readonly changes: number;
  readonly diff: readonly string[];
}

/** Sets keys in a text of `key=value` lines, as Salt's `file.keyvalue` does. */
export function setKeys(text: string, wishes: KeyWishes): KeyChanges {
  const left = new Map(wishes.pairs.map(({ key }) => [key, wishes.count]));
  const diff: string[] = [];
  let changes = 0;
  const lines = splitLines(text).map((line) => {
    const edited = setInLine(line, wishes, left);
    if (edited === undefined) return line;
    changes += 1;
    diff.push(...edited.diff);
    return edited.line;
  });
  const missing = wishes.pairs.filter(({ key }) => (left.get(key) ?? 0) > 0);
  const added = missing.map(({ key, value }) => `${key}${wishes.separator}${value}\n`);
  if (added.length === 0 || !(wishes.append_if_not_found || wishes.prepend_if_not_found))
    return { text: lines.join(''), changes, diff };
  const shown = added.map((line) => `+ ${line}`);
  if (wishes.append_if_not_found) {
    const body = lines.join('');
    const start = body === '' || body.endsWith('\n') ? body : `${body}\n`;
    return {
      text: start + added.join(''),
      changes: changes + added.length,
      diff: [...diff, '- <EOF>\n', ...shown, '+ <EOF>\n'],
    };
  }
  const reversed = added.toReversed();
  const head = ['  <SOF>\n', ...shown.toReversed()];
  return { text: reversed.join('') + lines.join(''), changes: changes + added.length, diff: [...head, ...diff] };
}

function setInLine(
  line: string,
  wishes: KeyWishes,
  left: Map<string, number>,
): { readonly line: string; readonly diff: readonly string[] } | undefined {
  const stripped = stripStart(line, wishes.uncomment ?? ' \t\r\n');
  const wasCommented = stripped.length < line.length;
  const at = stripped.indexOf(wishes.separator);
  if (at < 0) return undefined;
  const key = stripped.slice(0, at);
  const pair = wishes.pairs.find((one) => fold(one.key, wishes.key_ignore_case) === fold(key, wishes.key_ignore_case));
  if (pair === undefined) return undefined;
  const remaining = left.get(pair.key) ?? 0;
  if (remaining > 0) left.set(pair.key, remaining - 1);
  const current = stripped.slice(at + wishes.separator.length).trim();
  const isEqual = fold(current, wishes.value_ignore_case) === fold(pair.value.trim(), wishes.value_ignore_case);
  const isSpare = remaining === 0;
  // A commented line that is not needed is left alone, as all are where no number is given; one too many without is removed.
  if (wasCommented ? remaining <= 0 : isEqual && !isSpare) return undefined;
  if (isSpare) return { line: '', diff: [`- ${line}`] };
  const edited = `${key}${wishes.separator}${pair.value}\n`;
  const note = pair.type === undefined ? `+ ${edited}` : `+ ${edited.trimEnd()} (from ${pair.type} type)\n`;
  return { line: edited, diff: [`- ${line}`, note] };
}

function fold(text: string, ignoresCase: boolean): string {
  return ignoresCase ? text.toLowerCase() : text;
}

function stripStart(line: string, characters: string): string {
  let start = 0;
  while (start < line.length && characters.includes(line[start] ?? '')) start += 1;
  return line.slice(start);
}
