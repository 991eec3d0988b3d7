import { isAppError, type Problem, type SourceSpan } from '@brine/common';
import type { SlsErrorCode } from '../errors.ts';

/** An error problem about a place in a top or pillar file. */
export function errorAt(code: SlsErrorCode, summary: string, span?: SourceSpan, help?: string): Problem {
  return {
    severity: 'error',
    code,
    summary,
    ...(span === undefined ? {} : { span }),
    ...(help === undefined ? {} : { help }),
  };
}

/** What a failed render becomes: its own problems under one code, each summary led by what did not render. */
export function renderProblems(caught: unknown, code: SlsErrorCode, what: string): Problem[] {
  if (!isAppError(caught)) throw caught;
  if (caught.problems.length === 0) return [errorAt(code, `${what}: ${caught.message}`)];
  return caught.problems.map((problem) => ({ ...problem, code, summary: `${what}: ${problem.summary}` }));
}
