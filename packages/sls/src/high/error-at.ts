import type { Problem, SourceSpan } from '@brine/common';
import type { SlsErrorCode } from '../errors.ts';

/** Builds an error about something a user wrote at `span`. */
export function errorAt(span: SourceSpan | undefined, code: SlsErrorCode, summary: string, help?: string): Problem {
  return {
    severity: 'error',
    code,
    summary,
    ...(help === undefined ? {} : { help }),
    ...(span === undefined ? {} : { span }),
  };
}

/** As {@link errorAt}, for what works but is hardly meant. */
export function warningAt(span: SourceSpan | undefined, code: SlsErrorCode, summary: string, help?: string): Problem {
  return { ...errorAt(span, code, summary, help), severity: 'warning' };
}
