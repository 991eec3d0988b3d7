import type { CheckOutcome } from '@brine/common';
import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  flag,
  integer,
  lineText,
  optional,
  text,
  unsupported,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { checkRunning } from '../../providers/docker/check-running.ts';
import { containerArguments } from '../../providers/docker/container-settings.ts';
import { toNetworkWishes } from '../../providers/docker/containers.ts';

const own = {
  image: optional(text()).describe('The image.'),
  force: withDefault(flag(), false).describe('Whether the container is made anew in any case.'),
  watch_action: withDefault(lineText(), 'force').describe('What a watch does: force, or the signal it sends.'),
  start: withDefault(flag(), true).describe('Whether it is started when it is stopped.'),
  shutdown_timeout: optional(integer()).describe('Seconds an old container has to stop.'),
  networks: optional(anyValue()).describe('The networks it is on, all others left: names, or names with settings.'),
  client_timeout: optional(integer()).describe('Accepted; a daemon that is silent for ten minutes is given up.'),
  validate_ip_addrs: optional(flag()).describe('Accepted; the daemon validates addresses.'),
  ignore_collisions: optional(flag()).describe('Accepted; a setting given twice is always refused.'),
  skip_translate: unsupported('values in the form of docker-py'),
};

type Args = { readonly image: string | undefined } & Readonly<Record<string, unknown>>;

/** `docker_container.running` */
export const running = defineState({
  name: 'docker_container.running',
  summary: 'Keeps a container as described, made anew when its image or a setting changed, and running.',
  args: z.object({ name: lineText().describe('Name of the container.'), ...own, ...containerArguments }),
  examples: [
    `web:
  docker_container.running:
    - image: nginx:1.25
    - port_bindings: 8080:80
    - binds: /srv/www:/usr/share/nginx/html:ro
    - environment:
      - TZ: UTC
    - restart_policy: always`,
  ],
  check: (args, context) => look(args, context, {}),
  onWatch: (args, context) =>
    look(args, context, args.watch_action === 'force' ? { force: true } : { signal: args.watch_action }),
});

async function look(
  args: Args & { readonly name: string },
  context: StateContext,
  watch: { readonly force?: boolean; readonly signal?: string },
): Promise<CheckOutcome<Host>> {
  if (args.image === undefined) return fails("The 'image' argument is required");
  try {
    return await checkRunning(
      {
        name: args.name,
        image: args.image,
        force: args['force'] === true,
        start: args['start'] === true,
        shutdownTimeout: args['shutdown_timeout'] as number | undefined,
        networks: toNetworkWishes(args['networks'] as Parameters<typeof toNetworkWishes>[0]),
        settings: args,
        ...watch,
      },
      context,
    );
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return fails(caught.message);
  }
}
