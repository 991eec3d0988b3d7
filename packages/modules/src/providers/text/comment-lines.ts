import { compileFlaggedRegex } from './python-regex.ts';
import { splitLines } from './unified-diff.ts';

/** What `file.comment` and `file.uncomment` are asked for. */
export interface Commenting {
  readonly pattern: string;
  readonly character: string;
  /** Comment out, rather than take comments away. */
  readonly comments: boolean;
}

/** The lines that matched before and after, and the whole text after. */
export interface CommentedText {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly text: string;
}

/** The text with matching lines commented out or in, as Salt's `file.comment_line` does; `undefined` when none is. */
export function commentLines(text: string, wanted: Commenting): CommentedText | undefined {
  const regex = compileFlaggedRegex(commentedPattern(wanted));
  const before: string[] = [];
  const after: string[] = [];
  const lines = splitLines(text).map((line) => {
    regex.lastIndex = 0;
    // Python's match is bound to the start of the line.
    if (regex.exec(line)?.index !== 0) return line;
    const changed = wanted.comments ? wanted.character + line : stripStart(line, wanted.character);
    before.push(line);
    after.push(changed);
    return changed;
  });
  return before.length === 0 ? undefined : { before, after, text: lines.join('') };
}

/** The pattern that finds lines to comment out, or lines commented out that are to come back. */
export function commentedPattern({ pattern, character, comments }: Commenting): string {
  const bare = pattern.replace(/^\^+/, '').replace(/\$+$/, '');
  const end = pattern.endsWith('$') ? '$' : '';
  return comments ? `${pattern.startsWith('^') ? '^' : ''}(${bare})${end}` : `^${character}\\s*(${bare})${end}`;
}

function stripStart(line: string, characters: string): string {
  let start = 0;
  while (start < line.length && characters.includes(line[start] ?? '')) start += 1;
  return line.slice(start);
}
