import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { scriptArguments, willRunScript } from '../../providers/commands/script-state.ts';

/** `cmd.script` */
export const script = defineState({
  name: 'cmd.script',
  summary: 'Fetches a script, renders it if asked, and runs it.',
  args: z.object(scriptArguments),
  examples: [
    `salt://scripts/prepare.sh:
  cmd.script:
    - args: --quick
    - creates: /var/lib/app/prepared`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'only the script knows whether it has something to do; onlyif, unless and creates tell',
  check: willRunScript,
  onWatch: willRunScript,
});
