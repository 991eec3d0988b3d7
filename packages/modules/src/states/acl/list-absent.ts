import { z } from 'zod';
import { defineState, fails, isOk, textList, willChange, withDefault } from '../../kit/index.ts';
import { findNamed, listArguments, setEntries } from '../../providers/acl/named-entries.ts';
import { attempt } from '../../providers/commands/attempt.ts';

const everybody: readonly string[] = [];

/** `acl.list_absent` */
export const listAbsent = defineState({
  name: 'acl.list_absent',
  summary: 'Removes entries of several accounts from the access control list of a file or directory.',
  args: z.object({
    ...listArguments,
    acl_names: withDefault(textList(), everybody).describe('The accounts or groups; all that have one unless given.'),
  }),
  examples: [
    `/srv/app:
  acl.list_absent:
    - acl_type: user
    - acl_names: [www-data, backup]`,
  ],
  async check(args, { host }) {
    const { acl_names: names, name, recurse } = args;
    const found = await findNamed(host, args);
    if ('refusal' in found) return fails(found.refusal);
    const own = found.entries.filter((entry) => names.length === 0 || names.includes(entry.name));
    if (own.length === 0) return isOk('Permissions are in the desired state');
    const changes = { removed: own.map(({ path, name: who, perms }) => `${path}: ${found.prefix}:${who}:${perms}`) };
    return willChange({ comment: 'Removing permissions', changes }, (machine) =>
      attempt('Error removing permissions', async () => {
        const rules = [...new Set(own.map((entry) => `${found.prefix}:${entry.name}`))];
        await setEntries(machine, { path: name, recurse, wipes: false, option: '-x', rules });
        return { comment: 'Removing permissions', changes };
      }),
    );
  },
});
