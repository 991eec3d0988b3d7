import type { Changes, CheckOutcome } from '@brine/common';
import { isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { keepFile, type FileWish } from '../files/file-arguments.ts';

/** What a file of a key, a certificate or their like needs. */
export interface FileVerdict {
  /** `certificate`, `private key` … */
  readonly noun: string;
  readonly changes: Changes;
  /** Whether the file has one already. */
  readonly exists: boolean;
  /** Makes the new content; called when the change is brought about. */
  readonly make: (machine: Host) => Buffer | Promise<Buffer>;
}

/** Says and does in Salt's words what a verdict asks for; without one the owner and mode of the file are kept. */
export async function settleFile(
  wish: FileWish,
  { noun, changes, exists, make }: FileVerdict,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  if (Object.keys(changes).length === 0) {
    const outcome = await keepFile(wish, undefined, context);
    return outcome.kind === 'ok' ? isOk(`The ${noun} is in the correct state`) : outcome;
  }
  const verb = exists ? 'recreated' : 'created';
  return willChange({ comment: `The ${noun} would have been ${verb}`, changes }, (machine) =>
    attempt('', async () => {
      const outcome = await keepFile(wish, await make(machine), { ...context, host: machine });
      const applied = outcome.kind === 'change' ? await outcome.apply(machine) : undefined;
      if (applied?.failed === true) return { ...applied, changes: {} };
      return { comment: `The ${noun} has been ${verb}`, changes };
    }),
  );
}
