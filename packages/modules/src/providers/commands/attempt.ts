import { isAppError, type Applied } from '@brine/common';

/** Turns an error of the work into a failed application whose comment says why; `comment` goes before it. */
export async function attempt(comment: string, work: () => Promise<Applied>): Promise<Applied> {
  try {
    return await work();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { comment: comment === '' ? caught.message : `${comment}: ${caught.message}`, changes: {}, failed: true };
  }
}
