import { AppError, formatProblem, isAppError, type Problem, type SourceSpan } from '@brine/common';
import type { RenderedText } from '@brine/jinja';

/** The texts in which a render error is shown. */
export interface RenderedFile {
  readonly file: string;
  readonly text: string;
  /** What the template gave, when the error came after it. */
  readonly rendered?: RenderedText;
}

// The words Salt leads with, which people search for.
const leads: ReadonlyMap<string, string> = new Map([
  ['jinja-undefined', 'Jinja variable '],
  ['jinja-syntax', 'Jinja syntax error: '],
  ['jinja-error', 'Jinja error: '],
]);

const linesAround = 5;
const marker = '    <======================';

/**
 * Makes an error of a renderer readable as a whole: its message becomes what Salt shows, `what; line N` and the lines
 * around the place, with the rendered lines too when they read otherwise, and with how control came there. Code,
 * details and problems stay.
 */
export function explainRenderError(caught: unknown, source: RenderedFile): unknown {
  if (!isAppError(caught)) return caught;
  const [problem] = caught.problems;
  if (problem?.span === undefined) return caught;
  const { code, problems, details, exitCode } = caught;
  const message = problems.map((one) => explain(one, source)).join('\n\n');
  return new AppError({ code, message, problems, details, exitCode, cause: caught });
}

function explain(problem: Problem, source: RenderedFile): string {
  const { span } = problem;
  if (span === undefined) return formatProblem(problem);
  const isHere = span.file === source.file;
  const lead = leads.get(problem.code) ?? '';
  const parts = [`${lead}${problem.summary}; line ${span.line}${isHere ? '' : ` of ${span.file}`}`];
  parts.push(isHere ? excerpt(source.text, span.line) : quote(problem.quotedLine));
  const rendered = renderedExcerpt(problem, span, source);
  if (rendered !== undefined) parts.push(`rendered as\n${rendered}`);
  for (const { what, file, line } of problem.stack ?? []) parts.push(`from ${what}, ${file} line ${line}`);
  if (problem.help !== undefined) parts.push(problem.help);
  return parts.filter((part) => part !== '').join('\n\n');
}

function quote(line: string | undefined): string {
  return line === undefined ? '' : `---\n${line}${marker}\n---`;
}

function excerpt(text: string, line: number): string {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  if (line > lines.length) return '';
  const start = Math.max(0, line - linesAround - 1);
  const end = Math.min(lines.length, line + linesAround);
  const shown = lines
    .slice(start, end)
    .map((shownLine, index) => shownLine + (start + index + 1 === line ? marker : ''));
  if (start > 0) shown.unshift('[...]');
  if (end < lines.length) shown.push('[...]');
  return ['---', ...shown, '---'].join('\n');
}

// Worth showing only where the template line reads otherwise than what came of it.
function renderedExcerpt(problem: Problem, span: SourceSpan, { text, rendered }: RenderedFile): string | undefined {
  if (rendered === undefined || problem.quotedLine === undefined) return undefined;
  const written = text.split(/\r\n|\n|\r/)[span.line - 1];
  if (written === problem.quotedLine) return undefined;
  const lines = rendered.text.split(/\r\n|\n|\r/);
  const index = rendered.lineOrigins.findIndex(
    (origin, at) => origin.file === span.file && origin.line === span.line && lines[at] === problem.quotedLine,
  );
  return index === -1 ? undefined : excerpt(rendered.text, index + 1);
}
