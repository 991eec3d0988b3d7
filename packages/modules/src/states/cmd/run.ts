import { z } from 'zod';
import { defineState, text } from '../../kit/index.ts';
import { willRun } from '../../providers/commands/check-command.ts';
import { shellArguments } from '../../providers/commands/shell-arguments.ts';

/** `cmd.run` */
export const run = defineState({
  name: 'cmd.run',
  summary: 'Runs a shell command line.',
  args: z.object({ name: text().describe('The command line.'), ...shellArguments }),
  examples: [
    `ldconfig:
  cmd.run:
    - onchanges:
      - file: /etc/ld.so.conf.d/app.conf`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'only the command knows whether it has something to do; onlyif, unless and creates tell',
  check: async (args, context) => willRun(args.name, args, context),
  onWatch: async (args, context) => willRun(args.name, args, context),
});
