import { z } from 'zod';
import { defineState, flag, isOk, optional, text, textList, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectDocker, memberAt } from '../../providers/docker/docker-api.ts';
import { findImage } from '../../providers/docker/images.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_image.absent` */
export const absent = defineState({
  name: 'docker_image.absent',
  summary: 'Keeps images away.',
  args: z.object({
    name: text().describe('Name, with its tag, or id of the image.'),
    images: optional(textList()).describe('Several images.'),
    force: withDefault(flag(), false).describe('Whether it is removed although stopped containers use it.'),
  }),
  examples: [
    `old images:
  docker_image.absent:
    - images:
      - nginx:1.23
      - nginx:1.24`,
  ],
  check: ({ name, images, force }, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const targets = images ?? [name];
      const found = await Promise.all(targets.map((target) => findImage(docker, target)));
      const todo = targets.flatMap((target, index) => {
        if (found[index] === undefined) return [];
        const tags = (memberAt(found[index], 'RepoTags') ?? []) as readonly string[];
        return [tags.find((tag) => tag === target || tag === `${target}:latest`) ?? target];
      });
      if (todo.length === 0)
        return isOk(targets.length === 1 ? `Image ${name} is not present` : 'All specified images are not present');
      const list = todo.join(', ');
      const pending =
        todo.length === 1 ? `Image ${list} will be removed` : `The following images will be removed: ${list}`;
      return willChange({ comment: pending, changes: {} }, () =>
        attempt('None of the specified images were removed. The following errors were encountered', async () => {
          const rows: unknown[] = [];
          for (const one of todo) rows.push(...(await removeImage(docker, one, force)));
          const pick = (key: string): string[] =>
            rows.flatMap((row) => (memberAt(row, key) as string | undefined) ?? []);
          const [layers, tags] = [pick('Deleted'), pick('Untagged')];
          return {
            comment: todo.length === 1 ? `Image ${list} was removed` : `The following images were removed: ${list}`,
            changes: {
              ...(layers.length === 0 ? {} : { Layers: layers }),
              ...(tags.length === 0 ? {} : { Tags: tags }),
            },
          };
        }),
      );
    }),
});

async function removeImage(
  docker: ReturnType<typeof connectDocker>,
  image: string,
  force: boolean,
): Promise<readonly unknown[]> {
  const answer: unknown = await docker.remove(`/images/${encodeURIComponent(image)}${force ? '?force=true' : ''}`);
  return Array.isArray(answer) ? (answer as readonly unknown[]) : [];
}
