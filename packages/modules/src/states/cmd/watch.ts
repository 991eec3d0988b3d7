import { defineState } from '../../kit/index.ts';
import { wait } from './wait.ts';

/** `cmd.watch` */
export const watch = defineState({
  ...wait,
  name: 'cmd.watch',
  summary: 'Another name of cmd.wait.',
  examples: [
    `newaliases:
  cmd.watch:
    - watch:
      - file: /etc/aliases`,
  ],
});
