import { isAppError, type CheckOutcome } from '@brine/common';
import { fails, type Host } from '../kit/index.ts';

/** Turns a refusal that a check ran into into the failure of its step. */
export async function orFailure(look: () => Promise<CheckOutcome<Host>>): Promise<CheckOutcome<Host>> {
  try {
    return await look();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return fails(caught.message);
  }
}
