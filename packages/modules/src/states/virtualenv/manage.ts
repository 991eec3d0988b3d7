import { defineState } from '../../kit/index.ts';
import { managed } from './managed.ts';

/** `virtualenv.manage` */
export const manage = defineState({
  ...managed,
  name: 'virtualenv.manage',
  summary: 'Another name of `virtualenv.managed`.',
  examples: [
    `/srv/app/venv:
  virtualenv.manage:
    - requirements: /srv/app/requirements.txt`,
  ],
});
