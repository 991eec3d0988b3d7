import { z } from 'zod';
import {
  accountName,
  defineState,
  dict,
  fails,
  fileMode,
  fileModeOrKeep,
  flag,
  integer,
  optional,
  text,
  textList,
  withDefault,
} from '../../kit/index.ts';
import { expandHome, isInTheWay } from '../../providers/files/paths.ts';
import { recurseTree } from '../../providers/files/recurse-tree.ts';
import { readServedTree } from '../../providers/files/served-tree.ts';
import { windowsArguments } from '../../providers/files/windows-arguments.ts';

/** `file.recurse` */
export const recurse = defineState({
  name: 'file.recurse',
  summary: 'Keeps a directory with the files of a tree on the file server.',
  args: z.object({
    name: text().describe('Absolute path of the directory.'),
    source: textList().describe('salt:// URL of the tree, or a list of which the first that exists is used.'),
    keep_source: withDefault(flag(), true).describe('Accepted for compatibility; the cache decides what it keeps.'),
    clean: withDefault(flag(), false).describe('Removes what the tree lacks and no required file state manages.'),
    user: optional(accountName()).describe('Owner of files and directories.'),
    group: optional(accountName()).describe('Group of files and directories.'),
    dir_mode: optional(fileMode()).describe('Mode of directories.'),
    file_mode: optional(fileModeOrKeep()).describe('Mode of files, or keep for those of the source.'),
    sym_mode: optional(fileMode()).describe('Mode of directories made for links.'),
    template: optional(text()).describe('The template engine to render the files with: jinja.'),
    context: optional(dict()).describe('Variables of the templates, over the defaults.'),
    defaults: optional(dict()).describe('Variables of the templates.'),
    replace: withDefault(flag(), true).describe('Whether the content of existing files is replaced.'),
    include_empty: withDefault(flag(), false).describe('Whether empty directories are made too.'),
    backup: optional(text()).describe('minion keeps copies of files before they are replaced.'),
    include_pat: optional(textList()).describe('Globs, or E@ and regular expressions, of the paths that are taken.'),
    exclude_pat: optional(textList()).describe('Globs, or E@ and regular expressions, of the paths that are not.'),
    maxdepth: optional(integer()).describe('How many levels are taken; 0 for the files of the tree itself.'),
    keep_symlinks: withDefault(flag(), false).describe('Whether links of the tree stay links.'),
    force_symlinks: withDefault(flag(), false).describe('Whether what is in the way of a link is removed.'),
    ...windowsArguments,
  }),
  examples: [
    `/var/www/site:
  file.recurse:
    - source: salt://site
    - dir_mode: '0755'
    - file_mode: '0644'`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    if (context.unknownArguments.has('mode'))
      return fails("'mode' is not allowed in 'file.recurse'. Please use 'file_mode' and 'dir_mode'.");
    const name = await expandHome(context.host, args.name.replace(/(.)\/+$/, '$1'));
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    const foreign = args.source.find((one) => !one.startsWith('salt://'));
    if (foreign !== undefined) return fails(`Invalid source '${foreign}' (must be a salt:// URI)`);
    if (await isInTheWay(context.host, name)) return fails(`The path ${name} exists and is not a directory`);
    const tree = await readServedTree({ ...args, name, sources: args.source }, context);
    if (typeof tree === 'string') return fails(tree);
    return recurseTree({ ...args, name, tree }, context);
  },
});
