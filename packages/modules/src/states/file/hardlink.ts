import { z } from 'zod';
import {
  accountName,
  defineState,
  fails,
  fileMode,
  flag,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
  type FileStat,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { expandHome, isDirectory, parentOf } from '../../providers/files/paths.ts';

/** `file.hardlink` */
export const hardlink = defineState({
  name: 'file.hardlink',
  summary: 'Keeps a path a hard link to a file.',
  args: z.object({
    name: text().describe('Absolute path of the link.'),
    target: text().describe('The file it is a link to.'),
    force: withDefault(flag(), false).describe('Whether a file in the way is removed.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    user: optional(accountName()).describe('Owner of the directories makedirs makes.'),
    group: optional(accountName()).describe('Group of the directories makedirs makes.'),
    dir_mode: optional(fileMode()).describe('Mode of the directories makedirs makes.'),
  }),
  examples: [
    `/usr/local/bin/vi:
  file.hardlink:
    - target: /usr/bin/vim.basic`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    const { target, force, makedirs } = args;
    const [stat, source] = [await host.files.stat(name), await host.files.stat(target)];
    const refusal = refuse({ name, target }, stat, source);
    if (refusal !== undefined || source === undefined) return fails(refusal ?? '');
    if (stat !== undefined && stat.inode === source.inode && stat.device === source.device)
      return isOk(`Target of hard link ${name} is already pointing to ${target}`);
    if (stat !== undefined && !force) {
      const foretoldComment = `File or directory exists where the hard link ${name} should be. Did you mean to use force?`;
      return { ...fails(`File exists where the hard link ${name} should be`), foretoldComment };
    }
    const forced = { forced: 'File for hard link was forcibly replaced' };
    const changes = { ...(stat === undefined ? {} : forced), new: name };
    return willChange({ comment: `Hard link ${name} to ${target} is set for creation`, changes }, (machine) =>
      attempt(`Unable to create new hard link ${name} -> ${target}`, async () => {
        if (!(await isDirectory(machine, parentOf(name)))) {
          if (!makedirs)
            return { comment: `Directory ${parentOf(name)} for hard link is not present`, changes: {}, failed: true };
          await makeParents(machine, name, { user: args.user, group: args.group, mode: args.dir_mode });
        }
        if (stat !== undefined) await machine.files.remove(name, { recursive: true });
        await machine.files.makeHardLink(name, target);
        return { comment: `Created new hard link ${name} -> ${target}`, changes };
      }),
    );
  },
});

function refuse(
  { name, target }: { readonly name: string; readonly target: string },
  stat: FileStat | undefined,
  source: FileStat | undefined,
): string | undefined {
  if (!name.startsWith('/')) return `Specified file ${name} is not an absolute path`;
  if (!target.startsWith('/')) return `Specified target ${target} is not an absolute path`;
  if (source === undefined) return `Target ${target} for hard link does not exist`;
  if (source.kind === 'directory') return `Unable to hard link from directory ${target}`;
  return stat?.kind === 'directory' ? `Unable to hard link to directory ${name}` : undefined;
}
