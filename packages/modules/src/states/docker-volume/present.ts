import { z } from 'zod';
import {
  defineState,
  dictOrList,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectDocker, textAt } from '../../providers/docker/docker-api.ts';
import { toPairs } from '../../providers/docker/docker-values.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_volume.present` */
export const present = defineState({
  name: 'docker_volume.present',
  summary: 'Keeps a volume.',
  args: z.object({
    name: lineText().describe('Name of the volume.'),
    driver: optional(lineText()).describe('Its driver.'),
    driver_opts: optional(dictOrList()).describe('Options of a new one.'),
    force: withDefault(flag(), false).describe('Whether a volume of another driver is replaced, with what it has.'),
  }),
  examples: [
    `data:
  docker_volume.present:
    - driver: local`,
  ],
  check: ({ name, driver, driver_opts: options, force }, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const volume = await docker.get(`/volumes/${encodeURIComponent(name)}`);
      const current = volume === undefined ? undefined : textAt(volume, 'Driver');
      const isOther = volume !== undefined && driver !== undefined && current !== driver;
      if (volume !== undefined && !isOther) return isOk(`Volume '${name}' already exists.`);
      if (isOther && !force)
        return fails(
          `Driver for existing volume '${name}' ('${current}') does not match specified driver ('${driver}') and force is False`,
        );
      const pending = isOther
        ? `The volume '${name}' will be replaced with a new one using the driver '${driver}'`
        : `The volume '${name}' will be created`;
      const changes = { ...(isOther ? { removed: true } : {}), created: { Name: name, Driver: driver ?? 'local' } };
      return willChange({ comment: pending, changes }, () =>
        attempt(`Failed to create volume '${name}'`, async () => {
          if (isOther) await docker.remove(`/volumes/${encodeURIComponent(name)}`);
          const created = await docker.post('/volumes/create', {
            Name: name,
            ...(driver === undefined ? {} : { Driver: driver }),
            ...(options === undefined ? {} : { DriverOpts: toPairs(options) }),
          });
          return {
            comment: '',
            changes: { ...changes, created: { Name: name, Driver: textAt(created, 'Driver') } },
          };
        }),
      );
    }),
});
