import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { containerPath, findContainer, stateOf } from '../../providers/docker/containers.ts';
import { connectDocker, textAt } from '../../providers/docker/docker-api.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_container.absent` */
export const absent = defineState({
  name: 'docker_container.absent',
  summary: 'Keeps a container away.',
  args: z.object({
    name: lineText().describe('Name of the container.'),
    force: withDefault(flag(), false).describe('Whether it is removed while it runs.'),
  }),
  examples: [
    `web:
  docker_container.absent:
    - force: true`,
  ],
  check: ({ name, force }, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const container = await findContainer(docker, name);
      if (container === undefined) return isOk(`Container '${name}' does not exist`);
      const isStopped = stateOf(container) === 'stopped';
      if (!isStopped && !force) return fails('Container is running, set force to True to forcibly remove it');
      const changes = { removed: [textAt(container, 'Id')] };
      return willChange({ comment: `Container '${name}' will be removed`, changes }, () =>
        attempt(`Failed to remove container '${name}'`, async () => {
          await docker.remove(containerPath(name, force ? '?force=true' : ''));
          return { comment: `${isStopped ? 'Successfully' : 'Forcibly'} removed container '${name}'`, changes };
        }),
      );
    }),
});
