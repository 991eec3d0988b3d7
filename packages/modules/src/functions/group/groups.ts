import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Group } from '../../kit/host.ts';

export const info = defineFunction({
  name: 'group.info',
  summary: 'What is known of a group; an empty dictionary when there is none.',
  args: z.object({ name: text().describe('Name of the group.') }),
  examples: ["'*' group.info foo"],
  async run({ name }, { host }) {
    const found = await host.group(name);
    return found === undefined ? {} : describe(found);
  },
});

export const getent = defineFunction({
  name: 'group.getent',
  summary: 'What is known of all groups.',
  args: z.object({ refresh: withDefault(flag(), false).describe('Accepted for Salt; groups are always read anew.') }),
  examples: ["'*' group.getent"],
  run: async (_args, { host }) => (await host.groups()).map(describe),
});

function describe({ name, gid, members }: Group): Plain {
  return { name, gid, passwd: 'x', members: [...members] };
}
