import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  isOk,
  lineText,
  optional,
  textList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { containerPath, findContainer, stateOf } from '../../providers/docker/containers.ts';
import { connectDocker } from '../../providers/docker/docker-api.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_container.stopped` */
export const stopped = defineState({
  name: 'docker_container.stopped',
  summary: 'Keeps containers stopped.',
  args: z.object({
    name: lineText().describe('Name of the container.'),
    containers: optional(textList()).describe('Several containers.'),
    shutdown_timeout: optional(integer()).describe('Seconds they have to stop.'),
    unpause: withDefault(flag(), false).describe('Whether paused ones are stopped too.'),
    error_on_absent: withDefault(flag(), true).describe('Whether one that does not exist is an error.'),
  }),
  examples: [
    `web:
  docker_container.stopped:
    - shutdown_timeout: 30`,
  ],
  check: (args, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const targets = args.containers ?? [args.name];
      const found = await Promise.all(targets.map((target) => findContainer(docker, target)));
      const are = (state: string): readonly string[] =>
        targets.filter((_, index) => (found[index] === undefined ? 'absent' : stateOf(found[index])) === state);
      const absent = are('absent');
      const paused = are('paused');
      const errors = [
        ...(args.error_on_absent && absent.length > 0
          ? [`The following container(s) are absent: ${absent.join(', ')}`]
          : []),
        ...(!args.unpause && paused.length > 0 ? [`The following container(s) are paused: ${paused.join(', ')}`] : []),
      ];
      if (errors.length > 0) return fails(errors.join('. '));
      const todo = [...are('running'), ...paused];
      if (todo.length === 0) {
        const subject = targets.length === 1 ? `Container '${targets[0] ?? ''}' is ` : 'All specified containers are ';
        return isOk(`${subject}${absent.length > 0 ? 'absent or ' : ''}not running`);
      }
      const changes = Object.fromEntries(
        todo.map((name) => [
          name,
          { state: { old: paused.includes(name) ? 'paused' : 'running', new: 'stopped' }, result: true },
        ]),
      );
      const list = todo.join(', ');
      return willChange({ comment: `The following container(s) will be stopped: ${list}`, changes }, () =>
        attempt('', async () => {
          const seconds = args.shutdown_timeout === undefined ? '' : `?t=${args.shutdown_timeout}`;
          for (const name of paused) await docker.post(containerPath(name, '/unpause'));
          for (const name of todo) await docker.post(containerPath(name, `/stop${seconds}`));
          return { comment: `The following container(s) were stopped: ${list}`, changes };
        }),
      );
    }),
});
