import { encodeValue, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, nullableValue, text, unsupported } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { companyArguments, eventBody } from '../../providers/events/event-body.ts';

const tag = text().describe('Tag of the event, e.g. `myco/build/done`.');

export const send = defineFunction({
  name: 'event.send',
  summary: 'Sends an event to the master; answers whether it could.',
  args: z.object({
    tag,
    data: nullableValue().describe('What the event says.'),
    preload: unsupported('members of the request around an event'),
    ...companyArguments,
    kwargs: dict().describe('Members added to what the event says.'),
  }),
  keywords: 'kwargs',
  examples: [
    "'*' event.send myco/mytag foo=Foo bar=Bar",
    `'*' event.send 'myco/mytag' '{foo: Foo}' with_grains="[id, os]"`,
  ],
  run: ({ tag: name, kwargs, ...wish }, context) => fire(context, name, eventBody({ ...wish, more: kwargs }, context)),
});

export const fireMaster = defineFunction({
  name: 'event.fire_master',
  summary: 'Sends an event to the master; answers whether it could.',
  args: z.object({ data: nullableValue().describe('What the event says.'), tag }),
  examples: [`'*' event.fire_master '{"data": "my event data"}' 'tag'`],
  run: ({ data, tag: name }, context) => fire(context, name, data),
});

async function fire({ master, log }: FunctionContext, name: string, said: Value): Promise<boolean> {
  if (master === undefined) {
    log.warn('an event was not sent: there is no master', { tag: name });
    return false;
  }
  await master.request(
    'event.fire',
    new Map<Value, Value>([
      ['tag', name],
      ['payload', encodeValue(said)],
    ]),
  );
  return true;
}
