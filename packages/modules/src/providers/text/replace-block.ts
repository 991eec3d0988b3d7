import { compileFlaggedRegex } from './python-regex.ts';
import { editFailure } from './replace-text.ts';
import { splitLines } from './unified-diff.ts';

/** What `file.blockreplace` is asked for. */
export interface BlockReplacement {
  readonly markerStart: string;
  readonly markerEnd: string;
  readonly content: string;
  readonly appendIfNotFound?: boolean;
  readonly prependIfNotFound?: boolean;
  /** Patterns of the line before or after which a new block is put. */
  readonly insertBeforeMatch?: string | undefined;
  readonly insertAfterMatch?: string | undefined;
  /** Whether a line break ends the content; `undefined` adds one when the content has none. */
  readonly appendNewline?: boolean | undefined;
}

/**
 * The text with what stands between two marker lines replaced, as Salt's `file.blockreplace` does.
 * Throws `text-edit` when the markers are missing (and no place is given for them) or the block does not end.
 */
export function replaceBlock(text: string, wanted: BlockReplacement): string {
  const lines = splitLines(text);
  const lineEnd = lines[0]?.endsWith('\r\n') === true ? '\r\n' : '\n';
  return rewriteBlock(lines, wanted, lineEnd)?.join('') ?? addBlock(lines, wanted, lineEnd).join('');
}

function rewriteBlock(lines: readonly string[], wanted: BlockReplacement, lineEnd: string): string[] | undefined {
  const rewritten: string[] = [];
  let isInside = false;
  let isFound = false;
  for (const line of lines) {
    const endsAt = isInside ? line.indexOf(wanted.markerEnd) : -1;
    if (line.includes(wanted.markerStart)) isInside = true;
    else if (isInside && endsAt >= 0) {
      rewritten.push(...blockBody(wanted, line.slice(endsAt), lineEnd));
      [isInside, isFound] = [false, true];
      continue;
    } else if (isInside) continue;
    rewritten.push(line);
  }
  if (isInside) throw editFailure('Unterminated marked block. End of file reached before marker_end.');
  return isFound ? rewritten : undefined;
}

function addBlock(lines: readonly string[], wanted: BlockReplacement, lineEnd: string): readonly string[] {
  const block = [wanted.markerStart + lineEnd, ...blockBody(wanted, wanted.markerEnd, lineEnd)];
  if (wanted.prependIfNotFound === true) return [...block, ...lines];
  if (wanted.appendIfNotFound === true) return [...endLastLine(lines, lineEnd), ...block];
  const pattern = wanted.insertBeforeMatch ?? wanted.insertAfterMatch;
  const regex = pattern === undefined ? undefined : compileFlaggedRegex(pattern);
  const index = lines.findIndex((line) => regex !== undefined && line.search(regex) >= 0);
  if (index < 0) throw editFailure('Cannot edit marked block. Markers were not found in file.');
  return lines.toSpliced(wanted.insertBeforeMatch === undefined ? index + 1 : index, 0, ...block);
}

// Without a line break at its end, content and end marker share a line, as in Salt.
function blockBody(wanted: BlockReplacement, endLine: string, lineEnd: string): readonly string[] {
  const contentLines = wanted.content.split(/\r?\n/);
  const last = contentLines.pop() ?? '';
  const end = endLine.replace(/[\r\n]+$/, '') + lineEnd;
  const breaks = wanted.appendNewline ?? !wanted.content.endsWith('\n');
  return [...contentLines.map((line) => line + lineEnd), ...(breaks ? [last + lineEnd, end] : [last + end])];
}

function endLastLine(lines: readonly string[], lineEnd: string): readonly string[] {
  const last = lines.at(-1);
  return last === undefined || last.endsWith(lineEnd) ? lines : [...lines.slice(0, -1), last + lineEnd];
}
