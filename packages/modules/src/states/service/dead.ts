import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { serviceArguments } from '../../providers/services/service-arguments.ts';
import { checkService } from '../../providers/services/service-state.ts';
import { watchDeadService } from '../../providers/services/watch-service.ts';

/** `service.dead` */
export const dead = defineState({
  name: 'service.dead',
  summary: 'Keeps a service stopped.',
  args: z.object(serviceArguments),
  examples: [
    `apache2:
  service.dead:
    - enable: false`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkService(args, 'dead', context),
  onWatch: watchDeadService,
});
