import { isAppError, type Applied } from '@brine/common';
import { saidByProgram } from '../commands/run-tool.ts';

/** Turns what crontab complained about into a failed application whose comment has it, alone, behind `words`. */
export async function attemptCrontab(words: string, work: () => Promise<Applied>): Promise<Applied> {
  try {
    return await work();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { comment: `${words}${saidByProgram(caught)}`, changes: {}, failed: true };
  }
}
