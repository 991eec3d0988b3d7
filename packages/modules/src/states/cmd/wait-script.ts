import { z } from 'zod';
import { defineState, isOk } from '../../kit/index.ts';
import { scriptArguments, willRunScript } from '../../providers/commands/script-state.ts';

/** `cmd.wait_script` */
export const waitScript = defineState({
  name: 'cmd.wait_script',
  summary: 'Runs a script when something it watches changes.',
  args: z.object(scriptArguments),
  examples: [
    `salt://scripts/rebuild.sh:
  cmd.wait_script:
    - watch:
      - file: /etc/app.conf`,
  ],
  acceptsUnknown: true,
  check: async () => isOk(''),
  onWatch: willRunScript,
});
