import { z } from 'zod';
import { dict, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const fire = defineFunction({
  name: 'event.fire',
  summary:
    'Tells those who watch the events of this minion (`state.event`), but not the master; answers whether it could.',
  args: z.object({
    data: dict().describe('What the event says.'),
    tag: text().describe('Tag of the event, e.g. `myco/build/done`.'),
  }),
  examples: [`'*' event.fire '{"data": "my event data"}' 'tag'`],
  async run({ data, tag }, { events, log }) {
    const isTold = (await events?.fire(tag, data)) ?? false;
    if (!isTold) log.warn('an event was told to nobody: no minion runs here', { tag });
    return isTold;
  },
});
