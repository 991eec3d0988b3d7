import { defineState } from '../../kit/index.ts';
import { send } from './send.ts';

/** `event.fire_master` */
export const fireMaster = defineState({
  ...send,
  name: 'event.fire_master',
  summary: 'Another name of event.send.',
  examples: [
    `myco/deployed:
  event.fire_master:
    - data:
        version: 1.2`,
  ],
});
