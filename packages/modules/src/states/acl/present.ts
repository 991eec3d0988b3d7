import { z } from 'zod';
import { defineState, fails, flag, isOk, willChange, withDefault } from '../../kit/index.ts';
import { entryArguments, normalPerms, readEntries, readType } from '../../providers/acl/entries.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `acl.present` */
export const present = defineState({
  name: 'acl.present',
  summary: 'Keeps an entry of the access control list of a file or directory.',
  args: z.object({
    ...entryArguments,
    force: withDefault(flag(), false).describe('Whether all other entries go when this one is set.'),
  }),
  examples: [
    `/srv/app:
  acl.present:
    - acl_type: user
    - acl_name: www-data
    - perms: rx`,
  ],
  async check(args, { host }) {
    const { name, acl_name: who, perms, recurse } = args;
    if ((await host.files.stat(name, { follow: true })) === undefined) return fails(`${name} does not exist`);
    const type = readType(args.acl_type);
    if (type === undefined) return fails('ACL Type does not exist');
    if (!/^[rwxX-]+$/.test(perms)) return fails(`${perms} are no permissions: letters of rwx`);
    const entries = await readEntries(host, name, recurse);
    const own = entries.filter(
      (each) => each.type === type.type && each.isDefault === type.isDefault && each.name === who,
    );
    const wanted = normalPerms(perms);
    const paths = new Set(
      entries.filter((each) => !type.isDefault || each.isDefault || each.path === name).map(({ path }) => path),
    );
    const settled = new Set(own.filter((each) => each.perms === wanted).map(({ path }) => path));
    if ([...paths].every((path) => settled.has(path))) return isOk('Permissions are in the desired state');
    const entry = { acl_name: who, acl_type: args.acl_type, perms };
    const had = own.find((each) => each.path === name)?.perms;
    const changes = { new: entry, ...(had === undefined ? {} : { old: { ...entry, perms: had } }) };
    const pending =
      had === undefined
        ? `New permissions will be applied for ${who}: ${perms}`
        : `Updated permissions will be applied for ${who}: ${had} -> ${perms}`;
    return willChange({ comment: pending, changes }, (machine) =>
      attempt(`Error updating permissions for ${who}`, async () => {
        const depth = recurse ? ['-R'] : [];
        if (args.force) await runTool(machine, ['setfacl', ...depth, '-b', '--', name]);
        const rule = `${type.isDefault ? 'default:' : ''}${type.type}:${who}:${perms}`;
        await runTool(machine, ['setfacl', ...depth, '-m', rule, '--', name]);
        const verb = had === undefined ? 'Applied new' : 'Updated';
        return { comment: `${verb} permissions for ${who}`, changes };
      }),
    );
  },
});
