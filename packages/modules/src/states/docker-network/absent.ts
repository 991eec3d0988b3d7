import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectDocker } from '../../providers/docker/docker-api.ts';
import { findNetwork, membersOf, removeNetwork } from '../../providers/docker/networks.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_network.absent` */
export const absent = defineState({
  name: 'docker_network.absent',
  summary: 'Keeps a network away; containers on it are taken off.',
  args: z.object({ name: lineText().describe('Name of the network.') }),
  examples: [
    `back:
  docker_network.absent: []`,
  ],
  check: ({ name }, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const network = await findNetwork(docker, name);
      if (network === undefined) return isOk(`Network '${name}' already absent`);
      const members = membersOf(network).map((member) => member.name);
      const changes = { ...(members.length === 0 ? {} : { disconnected: members }), removed: true };
      return willChange({ comment: `Network '${name}' will be removed`, changes }, () =>
        attempt('Failed to remove network', async () => {
          await removeNetwork(docker, network);
          return { comment: `Removed network '${name}'`, changes };
        }),
      );
    }),
});
