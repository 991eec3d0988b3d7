import type { Changes, CheckOutcome, Value } from '@brine/common';
import { pythonStr } from '@brine/common';
import { willChange, type Host, type StateContext } from '../kit/index.ts';

/** The change that `test` states pretend. */
export const pretendedChange: Changes = { testing: { old: 'Unchanged', new: 'Something pretended to change' } };

/** The `comment` a test state was given among its free arguments, or its own. */
export function commentOf(context: StateContext, otherwise: string): string {
  const given: Value | undefined = context.unknownArguments.get('comment');
  return given === undefined ? otherwise : pythonStr(given);
}

/** What every test state answers when something it watches changed. */
export async function watchFired(_: unknown, context: StateContext): Promise<CheckOutcome<Host>> {
  const fired = (context.firedBy ?? []).map(({ state, id }) => `${state}: ${id}`);
  const given = context.unknownArguments.get('changes');
  const changes: Changes = given instanceof Map ? Object.fromEntries(given) : { 'Requisites with changes': fired };
  const comment = commentOf(context, 'Watch statement fired.');
  return willChange({ comment, changes }, async () => ({ comment, changes }));
}
