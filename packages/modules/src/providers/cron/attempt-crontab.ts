import { isAppError, type Applied } from '@brine/common';

/** Turns what crontab complained about into a failed application whose comment has it, alone, behind `words`. */
export async function attemptCrontab(words: string, work: () => Promise<Applied>): Promise<Applied> {
  try {
    return await work();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    const said = caught.message.replace(/^crontab ended with status \d+: /, '');
    return { comment: `${words}${said}`, changes: {}, failed: true };
  }
}
