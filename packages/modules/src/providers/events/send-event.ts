import { isDict, pythonStr, type CheckOutcome, type Dict, type Value } from '@brine/common';
import {
  either,
  flag,
  nullableValue,
  lineText,
  textList,
  unsupported,
  willChange,
  withDefault,
  optional,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';

const which = withDefault(either(flag(), textList()), false);

/** The arguments of the states that send events. */
export const eventArguments = {
  name: lineText().describe('Tag of the event.'),
  data: nullableValue().describe('What the event says.'),
  preload: unsupported('members of the request around an event'),
  with_env: optional(textList()).describe('Variables of the environment that go with it.'),
  with_grains: which.describe('Grains that go with it: names, or true for all.'),
  with_pillar: which.describe('Parts of the pillar that go with it: names, or true for all.'),
  show_changed: withDefault(flag(), true).describe('Whether tag and data are shown as changes.'),
};

/** What a state of an event was given. */
export interface EventWish {
  readonly name: string;
  readonly data: Value;
  readonly with_env: readonly string[] | undefined;
  readonly with_grains: boolean | readonly string[];
  readonly with_pillar: boolean | readonly string[];
  readonly show_changed: boolean;
}

/** The outcome that sends an event. */
export async function willSend(wish: EventWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name, data } = wish;
  const changes = wish.show_changed ? { tag: name, data: data } : {};
  return willChange({ comment: 'Event would have been fired', changes }, () =>
    attempt('', async () => {
      const isSent = await context.call('event.send', [name, bodyOf(wish, context)]);
      if (isSent === true) return { comment: 'Event fired', changes };
      return { comment: 'The event was not sent: there is no master', changes: {}, failed: true };
    }),
  );
}

function bodyOf(wish: EventWish, { host, grains, pillar, unknownArguments }: StateContext): Dict {
  const { with_env: names = [], data } = wish;
  const variables = names.map((name): [Value, Value] => [name, host.environment(name) ?? null]);
  const body: Dict = new Map(names.length === 0 ? [] : [['environ', new Map(variables)] as [Value, Value]]);
  if (wish.with_grains !== false) body.set('grains', partOf(grains, wish.with_grains));
  if (wish.with_pillar !== false) body.set('pillar', partOf(pillar, wish.with_pillar));
  for (const [key, value] of unknownArguments) body.set(key, value);
  if (isDict(data)) for (const [key, value] of data) body.set(key, value);
  else if (data !== null) body.set('data', data);
  return body;
}

function partOf(whole: Dict, wanted: boolean | readonly string[]): Dict {
  if (typeof wanted === 'boolean') return whole;
  return new Map([...whole].filter(([key]) => wanted.includes(pythonStr(key))));
}
