import type { Problem } from '@brine/common';
import type { SlsErrorCode } from '../errors.ts';

/** Problems whose text may quote what files and sources say. */
const tellingCodes: ReadonlySet<string> = new Set<SlsErrorCode>(['pillar-render', 'pillar-external', 'top-render']);

/**
 * A problem of a pillar as a minion may see it (`pillar_safe_render_error`): a file's own text may hold other minions'
 * secrets, so a minion is told what failed and where, and the master's log how.
 */
export function discreetProblem(problem: Problem): Problem {
  const { severity, code, summary, span, help } = problem;
  const place = span === undefined ? {} : { span };
  if (!tellingCodes.has(code)) return { severity, code, summary, ...place, ...(help === undefined ? {} : { help }) };
  const [what = ''] = summary.split(':', 1);
  return { severity, code, summary: `${what}. Please see master log for details.`, ...place };
}
