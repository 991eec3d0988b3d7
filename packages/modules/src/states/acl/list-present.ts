import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, textList, willChange, withDefault } from '../../kit/index.ts';
import { findNamed, listArguments, setEntries } from '../../providers/acl/named-entries.ts';
import { normalPerms } from '../../providers/acl/entries.ts';
import { attempt } from '../../providers/commands/attempt.ts';

const nobody: readonly string[] = [];

/** `acl.list_present` */
export const listPresent = defineState({
  name: 'acl.list_present',
  summary: 'Keeps entries of several accounts in the access control list of a file or directory.',
  args: z.object({
    ...listArguments,
    acl_names: withDefault(textList(), nobody).describe('The accounts or groups.'),
    perms: withDefault(lineText(), '').describe('What they may: letters of rwx.'),
    force: withDefault(flag(), false).describe('Whether all other entries go when these are set.'),
  }),
  examples: [
    `/srv/app:
  acl.list_present:
    - acl_type: user
    - acl_names: [www-data, backup]
    - perms: rx`,
  ],
  async check(args, { host }) {
    const { acl_names: names, acl_type: type, perms, name, recurse, force } = args;
    if (!/^[rwxX-]+$/.test(perms)) return fails(`${perms} are no permissions: letters of rwx`);
    const found = await findNamed(host, args);
    if ('refusal' in found) return fails(found.refusal);
    const wanted = normalPerms(perms);
    const isSettled = (who: string): boolean =>
      found.paths.every((path) =>
        found.entries.some((entry) => entry.path === path && entry.name === who && entry.perms === wanted),
      );
    if (names.every(isSettled)) return isOk('Permissions are in the desired state');
    const listed = pythonStr([...names]);
    const entry = { acl_name: names.join(', '), acl_type: type, perms };
    const had = found.entries.find((each) => each.path === name && names.includes(each.name))?.perms;
    const changes = { new: entry, ...(had === undefined ? {} : { old: { ...entry, perms: had } }) };
    const pending =
      had === undefined
        ? `New permissions will be applied for ${listed}: ${perms}`
        : `Updated permissions will be applied for ${listed}: ${toOctal(had)} -> ${perms}`;
    return willChange({ comment: pending, changes }, (machine) =>
      attempt(`Error updating permissions for ${listed}`, async () => {
        const rules = names.map((who) => `${found.prefix}:${who}:${perms}`);
        await setEntries(machine, { path: name, recurse, wipes: force, option: '-m', rules });
        return { comment: `${had === undefined ? 'Applied new' : 'Updated'} permissions for ${listed}`, changes };
      }),
    );
  },
});

function toOctal(perms: string): number {
  const weights: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };
  return perms.split('').reduce((sum, letter) => sum + (weights[letter] ?? 0), 0);
}
