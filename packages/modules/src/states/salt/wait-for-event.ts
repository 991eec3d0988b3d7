import { formatFloat, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, number, oneOf, text, valueList, willChange, withDefault } from '../../kit/index.ts';
import { notHere } from '../../providers/orchestration/not-here.ts';

/** `salt.wait_for_event` */
export const waitForEvent = defineState({
  name: 'salt.wait_for_event',
  summary: "Waits until the master's event bus told of everything in a list.",
  args: z.object({
    name: text().describe('The tag of the events, a glob.'),
    id_list: valueList().describe('What has to be told of, ids of minions as a rule.'),
    event_id: withDefault(text(), 'id').describe('The member of the events that names it.'),
    timeout: withDefault(number(), 300).describe('Seconds after which the step fails.'),
    node: withDefault(oneOf('master'), 'master').describe('Whose event bus: `master`.'),
  }),
  examples: [
    `salt/minion/*/start:
  salt.wait_for_event:
    - id_list: [web1, web2]
    - timeout: 600`,
  ],
  notIdempotent: 'waiting is all it does',
  async check({ name, id_list: values, event_id: key, timeout }, { orchestration }) {
    if (orchestration === undefined) return notHere();
    const pending = { comment: `Orchestration would wait for event '${name}'`, changes: {} };
    return willChange(pending, async () => {
      const { seen, isComplete, seconds } = await orchestration.awaitEvents({ tag: name, key, values, timeout });
      const changes: { readonly [key: string]: Plain } = seen.length === 0 ? {} : { minions_seen: seen as Value[] };
      if (!isComplete) return { comment: 'Timeout value reached.', changes, failed: true };
      return { comment: `All events seen in ${formatFloat(seconds)} seconds.`, changes };
    });
  },
});
