import { z } from 'zod';
import { defineState, fails, isOk, willChange } from '../../kit/index.ts';
import { entryArguments, readEntries, readType } from '../../providers/acl/entries.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `acl.absent` */
export const absent = defineState({
  name: 'acl.absent',
  summary: 'Removes an entry from the access control list of a file or directory.',
  args: z.object(entryArguments),
  examples: [
    `/srv/app:
  acl.absent:
    - acl_type: user
    - acl_name: www-data`,
  ],
  async check({ name, acl_name: who, recurse, ...args }, { host }) {
    if ((await host.files.stat(name, { follow: true })) === undefined) return fails(`${name} does not exist`);
    const type = readType(args.acl_type);
    if (type === undefined) return fails('ACL Type does not exist');
    if (who === '') return fails('The entry of the owner cannot be removed');
    const entries = await readEntries(host, name, recurse);
    const own = entries.filter(
      (each) => each.type === type.type && each.isDefault === type.isDefault && each.name === who,
    );
    if (own.length === 0) return isOk('Permissions are in the desired state');
    const changes = { removed: own.map(({ path, perms }) => `${path}: ${args.acl_type}:${who}:${perms}`) };
    return willChange({ comment: 'Removing permissions', changes }, (machine) =>
      attempt(`Error removing permissions for ${who}`, async () => {
        const rule = `${type.isDefault ? 'default:' : ''}${type.type}:${who}`;
        await runTool(machine, ['setfacl', ...(recurse ? ['-R'] : []), '-x', rule, '--', name]);
        return { comment: 'Removing permissions', changes };
      }),
    );
  },
});
