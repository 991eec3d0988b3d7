import { z } from 'zod';
import {
  accountName,
  defineState,
  fails,
  fileMode,
  flag,
  integer,
  optional,
  text,
  textList,
  withDefault,
} from '../../kit/index.ts';
import { checkDirectory } from '../../providers/files/check-directory.ts';
import { expandHome, isDirectory } from '../../providers/files/paths.ts';
import { windowsArguments } from '../../providers/files/windows-arguments.ts';

const recursionKinds = ['user', 'group', 'mode', 'ignore_files', 'ignore_dirs', 'silent'];

/** `file.directory` */
export const directory = defineState({
  name: 'file.directory',
  summary: 'Keeps a directory with the owner and mode described, and if asked what it holds.',
  args: z.object({
    name: text().describe('Absolute path of the directory.'),
    user: optional(accountName()).describe('Owner of the directory.'),
    group: optional(accountName()).describe('Group of the directory.'),
    recurse: optional(textList()).describe(`What is enforced below it too: any of ${recursionKinds.join(', ')}.`),
    max_depth: optional(integer()).describe('How many levels recurse goes down.'),
    dir_mode: optional(fileMode()).describe('Mode of the directory, and with recurse of those below it.'),
    mode: optional(fileMode()).describe('Another name of dir_mode.'),
    file_mode: optional(fileMode()).describe('Mode of the files below it, with recurse; dir_mode unless given.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    clean: withDefault(flag(), false).describe('Removes what no required file state manages.'),
    exclude_pat: optional(textList()).describe('Globs, or E@ and regular expressions, of what clean leaves.'),
    follow_symlinks: withDefault(flag(), false).describe('Whether owner and mode of link targets are meant.'),
    force: withDefault(flag(), false).describe('Whether a file or link in the way is removed.'),
    backupname: optional(text()).describe('Where a file in the way is moved to.'),
    allow_symlink: withDefault(flag(), true).describe('Whether a link to a directory will do.'),
    children_only: withDefault(flag(), false).describe('With recurse: leaves the directory itself alone.'),
    ...windowsArguments,
    win_perms_reset: windowsArguments.win_perms,
  }),
  examples: [
    `/srv/app:
  file.directory:
    - mode: '0750'
    - makedirs: true`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const path = await expandHome(context.host, args.name);
    const name = path.length > 1 ? path.replace(/\/$/, '') : path;
    const refusal = refuse({ ...args, name });
    if (refusal !== undefined) return fails(refusal);
    const directoryMode = args.dir_mode ?? args.mode;
    const recurse = new Set(args.recurse ?? []);
    const isThere = await isDirectory(context.host, name);
    const outcome = await checkDirectory(
      { ...args, name, recurse, directoryMode, fileMode: args.file_mode ?? directoryMode },
      context,
    );
    // As in Salt, an owner that is not said counts only once there is something to change below a directory.
    const lacking = isThere && outcome.kind === 'change' ? lackingOwner(recurse, args) : undefined;
    return lacking === undefined ? outcome : fails(lacking);
  },
});

function refuse(args: {
  readonly name: string;
  readonly max_depth: number | undefined;
  readonly clean: boolean;
  readonly recurse: readonly string[] | undefined;
}): string | undefined {
  const { name, recurse = [] } = args;
  if (name === '') return 'Must provide name to file.directory';
  if (args.max_depth !== undefined && args.clean) return 'Cannot specify both max_depth and clean';
  if (!name.startsWith('/')) return `Specified file ${name} is not an absolute path`;
  if (recurse.some((kind) => !recursionKinds.includes(kind)))
    return `Types for "recurse" limited to ${recursionKinds.map((kind) => `"${kind}"`).join(', ')}.`;
  if (recurse.includes('ignore_files') && recurse.includes('ignore_dirs'))
    return 'Must not specify "recurse" options "ignore_files" and "ignore_dirs" at the same time.';
  return undefined;
}

function lackingOwner(
  recurse: ReadonlySet<string>,
  args: { readonly user: string | number | undefined; readonly group: string | number | undefined },
): string | undefined {
  const lacks = (['user', 'group'] as const).find((kind) => recurse.has(kind) && args[kind] === undefined);
  return lacks && `${lacks} not specified, but configured as a target for recursive ownership management`;
}
