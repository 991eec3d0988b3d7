import type { CommonErrorCode } from '../errors.ts';
import type { Problem, SourceSpan } from '../problem.ts';

/** Where a key was set. */
export interface KeyOrigin {
  readonly span: SourceSpan;
  readonly quotedLine: string;
}

/** A finding about one configuration key. */
export interface ConfigFinding {
  readonly severity: Problem['severity'];
  readonly code: CommonErrorCode;
  readonly summary: string;
  readonly help?: string | undefined;
}

/** The problem for a finding; without an origin the key was set on the command line or is a standard value. */
export function configProblem(finding: ConfigFinding, origin: KeyOrigin | undefined): Problem {
  const { severity, code, summary, help } = finding;
  return { severity, code, summary, ...(help === undefined ? {} : { help }), ...origin };
}
