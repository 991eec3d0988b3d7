import { defineState } from '../../kit/index.ts';
import { wait } from './wait.ts';

/** `module.watch` */
export const watch = defineState({
  ...wait,
  name: 'module.watch',
  examples: [
    `test.ping:
  module.watch:
    - watch:
      - file: /etc/app.conf`,
  ],
});
