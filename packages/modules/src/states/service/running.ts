import { z } from 'zod';
import { defineState, flag, withDefault } from '../../kit/index.ts';
import { serviceArguments } from '../../providers/services/service-arguments.ts';
import { checkService } from '../../providers/services/service-state.ts';
import { watchService } from '../../providers/services/watch-service.ts';

/** `service.running` */
export const running = defineState({
  name: 'service.running',
  summary: 'Keeps a service running, and restarts it when something it watches changes.',
  args: z.object({
    ...serviceArguments,
    reload: withDefault(flag(), false).describe('Whether a fired watch reloads in place of restarting.'),
    force: withDefault(flag(), false).describe('Whether a reload that is not possible becomes a restart.'),
    full_restart: withDefault(flag(), false).describe('Whether a fired watch stops and starts the service.'),
  }),
  examples: [
    `nginx:
  service.running:
    - enable: true
    - reload: true
    - watch:
      - file: /etc/nginx/nginx.conf`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkService(args, 'running', context),
  onWatch: watchService,
});
