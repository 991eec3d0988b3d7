import { z } from 'zod';
import { defineState, isOk, lineText, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectDocker } from '../../providers/docker/docker-api.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_volume.absent` */
export const absent = defineState({
  name: 'docker_volume.absent',
  summary: 'Keeps a volume away.',
  args: z.object({
    name: lineText().describe('Name of the volume.'),
    driver: optional(lineText()).describe('Accepted; a name belongs to one driver.'),
  }),
  examples: [
    `data:
  docker_volume.absent: []`,
  ],
  check: ({ name }, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const path = `/volumes/${encodeURIComponent(name)}`;
      if ((await docker.get(path)) === undefined) return isOk(`Volume '${name}' already absent`);
      const changes = { removed: true };
      return willChange({ comment: `The volume '${name}' will be removed`, changes }, () =>
        attempt(`Failed to remove volume '${name}'`, async () => {
          await docker.remove(path);
          return { comment: '', changes };
        }),
      );
    }),
});
