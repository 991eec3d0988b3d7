import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';
import { willRun } from '../../providers/commands/check-command.ts';
import { shellArguments } from '../../providers/commands/shell-arguments.ts';

/** `cmd.wait` */
export const wait = defineState({
  name: 'cmd.wait',
  summary: 'Runs a shell command line when something it watches changes.',
  args: z.object({ name: text().describe('The command line.'), ...shellArguments }),
  examples: [
    `newaliases:
  cmd.wait:
    - watch:
      - file: /etc/aliases`,
  ],
  acceptsUnknown: true,
  check: async () => isOk(''),
  onWatch: async (args, context) => willRun(args.name, args, context),
});
