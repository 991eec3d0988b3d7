import type { Problem, SourceSpan } from './problem.ts';

const widestQuote = 160;

/**
 * Writes one problem for a terminal: `file:line:col: error: summary`, the line quoted with its number and with a
 * caret below the column, how control came there, and what to do. Control characters are shown escaped, so that
 * no text from a file can steer the terminal. No line break at the end.
 */
export function formatProblem(problem: Problem): string {
  const place = problem.span === undefined ? '' : `${formatSpan(problem.span)}: `;
  const state = problem.stateId === undefined ? '' : ` (state ${printable(problem.stateId)})`;
  const lines = [`${place}${problem.severity}: ${printable(problem.summary)}${state}`];
  if (problem.quotedLine !== undefined) lines.push(...quote(problem.quotedLine, problem.span));
  for (const { what, ...span } of problem.stack ?? []) lines.push(`  from ${printable(what)} at ${formatSpan(span)}`);
  if (problem.help !== undefined) lines.push(`  help: ${printable(problem.help)}`);
  return lines.join('\n');
}

/** Writes problems below each other, as {@link formatProblem} writes each. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}

/** Writes a place as `file:line` or `file:line:column`. */
export function formatSpan(span: SourceSpan): string {
  const column = span.column === undefined ? '' : `:${span.column}`;
  return `${printable(span.file)}:${span.line}${column}`;
}

function quote(line: string, span: SourceSpan | undefined): string[] {
  const gutter = span === undefined ? '    ' : `  line ${span.line} | `;
  const shown = line.slice(0, widestQuote).replaceAll('\t', ' ');
  const quoted = `${gutter}${printable(shown)}${line.length > widestQuote ? '…' : ''}`;
  const column = span?.column;
  if (column === undefined || column > shown.length + 1) return [quoted];
  // Escapes are wider than what they stand for: measure the text before the caret as it is printed.
  const before = printable(shown.slice(0, column - 1)).length;
  return [quoted, `${' '.repeat(gutter.length - 2)}| ${' '.repeat(before)}^`];
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return `\\u{${codePoint.toString(16)}}`;
  });
}
