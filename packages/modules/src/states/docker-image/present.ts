import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  isOk,
  optional,
  text,
  unsupported,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectDocker, memberAt, textAt } from '../../providers/docker/docker-api.ts';
import { findImage, pullImage } from '../../providers/docker/images.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_image.present` */
export const present = defineState({
  name: 'docker_image.present',
  summary: 'Keeps an image on this machine, pulled from its registry or loaded from an archive.',
  args: z.object({
    name: text().describe('Name of the image, with its tag or digest if that is not given apart.'),
    tag: optional(text()).describe('Its tag.'),
    load: optional(text()).describe('An archive of docker save that has it: a path or salt://.'),
    force: withDefault(flag(), false).describe('Whether it is pulled although it is there.'),
    build: unsupported('building images; build them elsewhere, or with cmd.run'),
    dockerfile: unsupported('building images'),
    sls: unsupported('images made by states, which need Salt inside'),
    insecure_registry: unsupported('registries without TLS; the daemon has to be configured for them'),
    client_timeout: optional(integer()).describe('Accepted; a daemon that is silent for ten minutes is given up.'),
  }),
  examples: [
    `nginx:
  docker_image.present:
    - tag: '1.25'`,
  ],
  check: (args, context) =>
    orFailure(async () => {
      const { load, force } = args;
      if (load !== undefined && args.tag === undefined)
        return fails("The 'tag' argument is required if any one of 'build', 'load', or 'sls' is used.");
      const full = args.tag === undefined ? args.name : `${args.name}:${args.tag}`;
      const docker = connectDocker(context);
      const image = await findImage(docker, full);
      if (image !== undefined && !force) return isOk(`Image ${full} already present`);
      const action = load === undefined ? 'pulled' : 'loaded';
      return willChange({ comment: `Image ${full} will be ${action}`, changes: {} }, (machine) =>
        attempt(
          `Encountered error ${load === undefined ? `pulling ${full}` : `loading ${load} as ${full}`}`,
          async () => {
            let changes = {};
            if (load === undefined) {
              const report = await pullImage(docker, full, machine);
              if (image === undefined || report.Layers.Pulled !== undefined) changes = report;
            } else {
              const file = load.startsWith('/')
                ? load
                : (await context.fileServer.fetch(load, context.step.saltenv))?.path;
              if (file === undefined)
                return { comment: `Source file ${load} was not found`, changes: {}, failed: true };
              await docker.upload('/images/load', file);
              const loaded = await findImage(docker, full);
              if (loaded === undefined)
                return { comment: `Image ${full} is not in ${load}`, changes: {}, failed: true };
              if (memberAt(loaded, 'Id') !== memberAt(image, 'Id'))
                changes = { Image: full, Path: load, Id: textAt(loaded, 'Id') };
            }
            return Object.keys(changes).length === 0
              ? { comment: `Image '${args.name}' was ${action}, but there were no changes`, changes }
              : { comment: `Image '${full}' was ${action}`, changes };
          },
        ),
      );
    }),
});
