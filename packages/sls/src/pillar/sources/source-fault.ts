import { AppError, type Problem } from '@brine/common';
import type { SlsErrorCode } from '../../errors.ts';

const code: SlsErrorCode = 'pillar-external';

/** What a source throws when it cannot answer. */
export function sourceFault(message: string, help?: string): AppError {
  const problem: Problem = { severity: 'error', code, summary: message, ...(help === undefined ? {} : { help }) };
  return new AppError({ code, message, problems: [problem] });
}
