import { z } from 'zod';
import { defineState, fails, number, willChange, withDefault } from '../../kit/index.ts';
import { queryArguments, queryUntil } from '../../providers/http/query-state.ts';

/** `http.wait_for_successful_query` */
export const waitForSuccessfulQuery = defineState({
  name: 'http.wait_for_successful_query',
  summary:
    'Asks a web server until it gives a text or a status. Further arguments are those of the function http.query.',
  args: z.object({
    ...queryArguments,
    wait_for: withDefault(number(), 300).describe('Seconds after which it has failed.'),
    request_interval: withDefault(number(), 1).describe('Seconds between two questions.'),
  }),
  examples: [
    `http://127.0.0.1:8080/health:
  http.wait_for_successful_query:
    - status: 200
    - wait_for: 60`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'asking is all it does; a dry run does not ask',
  async check(args, context) {
    if (args.match === undefined && args.status === undefined)
      return fails('Either match text (match) or a status code (status) is required.');
    const { wait_for: seconds, request_interval: interval } = args;
    return willChange({ comment: '(TEST MODE)', changes: {} }, () => queryUntil(args, { seconds, interval }, context));
  },
});
