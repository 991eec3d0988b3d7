import { AppError } from '@brine/common';
import {
  checkReplacement,
  compileFlaggedRegex,
  escapeRegex,
  expandReplacement,
  type RegexFlags,
} from './python-regex.ts';
import { splitLines } from './unified-diff.ts';

/** What `file.replace` is asked for. */
export interface Replacement {
  readonly pattern: string;
  /** May refer to groups: `\1`, `\g<name>`. */
  readonly replacement: string;
  /** How many matches are replaced; 0 for all. */
  readonly count?: number;
  readonly flags: RegexFlags;
  readonly appendIfNotFound?: boolean;
  readonly prependIfNotFound?: boolean;
  /** What is added when nothing matches; the replacement unless given. */
  readonly notFoundContent?: string | undefined;
  /** Backslashes of the replacement stand for themselves. */
  readonly isLiteral?: boolean;
}

/**
 * The lines of a text with matches replaced as Salt's `file.replace` does, or with the replacement added when none
 * matches; what is added is one of them however many it has, as Salt's diffs count it.
 */
export function replaceLines(text: string, wanted: Replacement): readonly string[] {
  const { isFound, result } = substitute(text, wanted);
  const lines = splitLines(result);
  if (wanted.appendIfNotFound !== true && wanted.prependIfNotFound !== true) return lines;
  const content = wanted.notFoundContent ?? wanted.replacement;
  if (isFound || hasLine(text, content, wanted.flags)) return lines;
  if (wanted.prependIfNotFound === true) return [`${content}\n`, ...lines];
  const last = lines.slice(-1).map((line) => (line.endsWith('\n') ? line : `${line}\n`));
  return [...lines.slice(0, -1), ...last, `${content}\n`];
}

function substitute(text: string, wanted: Replacement): { readonly isFound: boolean; readonly result: string } {
  const regex = compileFlaggedRegex(wanted.pattern, wanted.flags);
  const parts: string[] = [];
  if (wanted.isLiteral !== true) checkReplacement(wanted.replacement);
  let end = 0;
  for (const match of text.matchAll(regex)) {
    const isEnough = wanted.count !== undefined && wanted.count > 0 && parts.length / 2 >= wanted.count;
    if (isEnough) break;
    const filled = wanted.isLiteral === true ? wanted.replacement : expandReplacement(wanted.replacement, match);
    parts.push(text.slice(end, match.index), filled);
    end = match.index + match[0].length;
  }
  return { isFound: parts.length > 0, result: parts.join('') + text.slice(end) };
}

// What an earlier run added is found by its text, for the pattern need not match it.
function hasLine(text: string, content: string, flags: RegexFlags): boolean {
  return compileFlaggedRegex(`^${escapeRegex(content)}($|(?=\\r\\n))`, flags).test(text);
}

/** The error of text that has no such place to edit. */
export function editFailure(message: string): AppError {
  return new AppError({ code: 'text-edit', message });
}
