import type { CheckOutcome } from '@brine/common';
import {
  flag,
  nullableValue,
  lineText,
  unsupported,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { companyArguments, eventBody, type EventCompany } from './event-body.ts';

/** The arguments of the states that send events. */
export const eventArguments = {
  name: lineText().describe('Tag of the event.'),
  data: nullableValue().describe('What the event says.'),
  preload: unsupported('members of the request around an event'),
  ...companyArguments,
  show_changed: withDefault(flag(), true).describe('Whether tag and data are shown as changes.'),
};

/** What a state of an event was given. */
export interface EventWish extends EventCompany {
  readonly name: string;
  readonly show_changed: boolean;
}

/** The outcome that sends an event. */
export async function willSend(wish: EventWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name, data } = wish;
  const changes = wish.show_changed ? { tag: name, data: data } : {};
  return willChange({ comment: 'Event would have been fired', changes }, () =>
    attempt('', async () => {
      const body = eventBody({ ...wish, more: context.unknownArguments }, context);
      const isSent = await context.call('event.send', [name, body]);
      if (isSent === true) return { comment: 'Event fired', changes };
      return { comment: 'The event was not sent: there is no master', changes: {}, failed: true };
    }),
  );
}
