import { isDict, pythonStr, type Changes, type CheckOutcome, type Value } from '@brine/common';
import type { Host, StateContext } from '../kit/index.ts';

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
  const own =
    given === undefined || !isDict(given)
      ? undefined
      : [...given].map(([key, value]) => [pythonStr(key), value] as const);
  const changes: Changes = own === undefined ? { 'Requisites with changes': fired } : Object.fromEntries(own);
  const comment = commentOf(context, 'Watch statement fired.');
  return { kind: 'ok', comment, changes };
}
