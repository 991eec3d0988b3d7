import { z } from 'zod';
import { defineState, fails, willChange } from '../../kit/index.ts';
import { queryArguments, queryOnce, queryUntil } from '../../providers/http/query-state.ts';

/** `http.query` */
export const query = defineState({
  name: 'http.query',
  summary:
    'Asks a web server and wants a text or a status of it. Further arguments are those of the function http.query.',
  args: z.object(queryArguments),
  examples: [
    `http://127.0.0.1:8080/health:
  http.query:
    - status: 200`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'asking is all it does; a dry run does not ask',
  async check(args, context) {
    if (args.match === undefined && args.status === undefined)
      return fails('Either match text (match) or a status code (status) is required.');
    const { wait_for: seconds } = args;
    return willChange({ comment: '(TEST MODE)', changes: {} }, async () =>
      seconds === undefined ? queryOnce(args, context) : queryUntil(args, { seconds, interval: 1 }, context),
    );
  },
});
