import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Group } from '../../kit/host.ts';
import { rootedHost } from '../../providers/accounts/rooted-host.ts';
import { otherRoot as root } from '../other-root.ts';

export const info = defineFunction({
  name: 'group.info',
  summary: 'What is known of a group; an empty dictionary when there is none.',
  args: z.object({ name: text().describe('Name of the group.'), root }),
  examples: ["'*' group.info foo"],
  async run({ name, root: folder }, { host }) {
    const found = await rootedHost(host, folder).group(name);
    return found === undefined ? {} : describe(found);
  },
});

export const getent = defineFunction({
  name: 'group.getent',
  summary: 'What is known of all groups.',
  args: z.object({
    refresh: withDefault(flag(), false).describe('Accepted for Salt; groups are always read anew.'),
    root,
  }),
  examples: ["'*' group.getent"],
  run: async ({ root: folder }, { host }) => (await rootedHost(host, folder).groups()).map(describe),
});

function describe({ name, gid, members }: Group): Plain {
  return { name, gid, passwd: 'x', members: [...members] };
}
