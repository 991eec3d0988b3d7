import { compileFlaggedRegex } from './python-regex.ts';
import { editFailure } from './replace-text.ts';
import { splitLines } from './unified-diff.ts';

/** What `file.line` is asked for. */
export interface LineEdit {
  readonly mode: 'insert' | 'ensure' | 'delete' | 'replace';
  readonly content?: string | undefined;
  /** Patterns, or plain parts, of the lines meant. */
  readonly match?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly location?: 'start' | 'end' | undefined;
  /** Give the new line the indent of its neighbour. */
  readonly indents: boolean;
}

/**
 * The lines of a text with one set as Salt's `file.line` does, which counts as one however many it has. Throws
 * `text-edit` when its place is missing or ambiguous.
 */
export function setLine(text: string, edit: LineEdit): readonly string[] {
  if (edit.mode !== 'delete' && edit.content === undefined) {
    throw editFailure('Content can only be empty if mode is "delete"');
  }
  const lines = splitLines(text);
  const isPlaced = edit.before !== undefined || edit.after !== undefined;
  const match = edit.match !== undefined && edit.match !== '' ? edit.match : isPlaced ? undefined : edit.content;
  const edited = editors[edit.mode]({ lines, edit: { ...edit, match }, content: edit.content ?? '' });
  return endLines(edited, text === '' || text.endsWith('\n'));
}

interface Editing {
  readonly lines: readonly string[];
  readonly edit: LineEdit;
  readonly content: string;
}

const editors: Readonly<Record<LineEdit['mode'], (editing: Editing) => readonly string[]>> = {
  delete: ({ lines, edit }) => {
    const [first] = findLines(lines, edit.match);
    return first === undefined ? lines : lines.filter((line) => line !== first);
  },
  replace: ({ lines, edit, content }) => {
    const [first] = findLines(lines, edit.match);
    return first === undefined ? lines : lines.with(lines.indexOf(first), indent(first, content, edit.indents));
  },
  insert: insertLine,
  ensure: ensureLine,
};

function insertLine(editing: Editing): readonly string[] {
  const { lines, edit, content } = editing;
  if (edit.location === 'start') return [content, ...lines];
  if (edit.location === 'end') {
    const last = lines.at(-1) ?? '';
    // Behind a line end Salt sees an empty last line, which has no indent to take over.
    return [...lines, indent(last.endsWith('\n') ? '' : last, content, edit.indents)];
  }
  if (edit.before === undefined && edit.after === undefined) {
    throw editFailure('On insert either "location" or "before/after" conditions are required.');
  }
  if (edit.before !== undefined && edit.after !== undefined) {
    const last = onlyLine(lines, edit.before, 'before');
    onlyLine(lines, edit.after, 'after');
    return lines.toSpliced(last, 0, indent(lines[last] ?? '', content, edit.indents));
  }
  return placeBeside(editing);
}

function ensureLine(editing: Editing): readonly string[] {
  const { lines, edit, content } = editing;
  if (edit.before === undefined && edit.after === undefined) {
    throw editFailure('Unable to ensure a line without knowing where to put it: give before, after or both.');
  }
  if (edit.before === undefined || edit.after === undefined) return placeBeside(editing);
  const first = onlyLine(lines, edit.after, 'after');
  const last = onlyLine(lines, edit.before, 'before');
  if (lines.some((line) => line.trimStart().replace(/[\r\n]+$/, '') === content)) return lines;
  if (last - first > 2 || last < first)
    throw editFailure('Found more than one line between boundaries "before" and "after".');
  return lines.toSpliced(first + 1, last - first - 1, indent(lines[first] ?? '', content, edit.indents));
}

// Beside one neighbour; nothing is added where the line stands already.
function placeBeside({ lines, edit, content }: Editing): readonly string[] {
  const isAfter = edit.after !== undefined;
  const index = onlyLine(lines, (isAfter ? edit.after : edit.before) ?? '', isAfter ? 'after' : 'before');
  const neighbour = isAfter ? lines[index + 1] : lines[index - 1];
  if (neighbour !== undefined && bare(neighbour) === bare(content)) return lines;
  // Above a line, the indent is taken from the line before it, which is where the new one goes.
  const model = isAfter || edit.mode === 'insert' ? lines[index] : (lines[index - 1] ?? lines.at(-1));
  return lines.toSpliced(isAfter ? index + 1 : index, 0, indent(model ?? '', content, edit.indents));
}

function onlyLine(lines: readonly string[], pattern: string, name: 'before' | 'after'): number {
  const found = findLines(lines, pattern);
  const [first] = found;
  if (found.length > 1) throw editFailure(`Found more than expected occurrences in "${name}" expression`);
  if (first === undefined) throw editFailure(`Found less than expected occurrences in "${name}" expression`);
  return lines.indexOf(first);
}

// A pattern that is no regular expression is looked for as it is.
function findLines(lines: readonly string[], pattern: string | undefined): readonly string[] {
  if (pattern === undefined || pattern === '') return [];
  const regex = compileFlaggedRegex(pattern, { dotAll: true });
  return lines.filter((line) => {
    regex.lastIndex = 0;
    return regex.test(line) || line.includes(pattern);
  });
}

function indent(model: string, content: string, indents: boolean): string {
  return indents ? (/^[\t ]*/.exec(model)?.[0] ?? '') + content.trimStart() : content;
}

function bare(line: string): string {
  return line.replace(/[\r\n]+$/, '');
}

// New lines carry no line end yet; the last one gets one when the text ended in one.
function endLines(lines: readonly string[], endsLast: boolean): readonly string[] {
  const model = lines.find((line) => line.endsWith('\n'))?.endsWith('\r\n') === true ? '\r\n' : '\n';
  const last = lines.length - 1;
  return lines.map((line, index) =>
    line.endsWith('\n') || (index === last && !endsLast) ? line : line.trimEnd() + model,
  );
}
