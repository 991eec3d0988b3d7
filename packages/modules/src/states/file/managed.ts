import { z } from 'zod';
import {
  accountName,
  anyValue,
  defineState,
  dict,
  fails,
  fileMode,
  fileModeOrKeep,
  flag,
  isOk,
  oneOf,
  optional,
  text,
  textList,
  withDefault,
} from '../../kit/index.ts';
import { areFlags, withFlags } from '../../providers/files/file-flags.ts';
import { contentOf } from '../../providers/files/managed-content.ts';
import { manageFile } from '../../providers/files/manage-file.ts';
import { expandHome, isDirectory, isFile } from '../../providers/files/paths.ts';
import { windowsArguments } from '../../providers/files/windows-arguments.ts';
import { labelArgument } from '../../providers/selinux/label-argument.ts';
import { withLabel } from '../../providers/selinux/file-label.ts';
import { encodingErrors } from '../../providers/text/encode-text.ts';

/** `file.managed` */
export const managed = defineState({
  name: 'file.managed',
  summary: 'Keeps a file with the content, owner and mode described.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    source: optional(anyValue()).describe(
      'A salt://, http(s)://, ftp:// or file:// URL or a path; or a list, of which the first that exists is used.',
    ),
    source_hash: optional(text()).describe(
      'Digest a source not from the file server must have, or the URL of a file of digests.',
    ),
    source_hash_name: optional(text()).describe('The name to look for in a file of digests.'),
    keep_source: withDefault(flag(), true).describe('Accepted for compatibility; the cache decides what it keeps.'),
    user: optional(accountName()).describe('Owner of the file.'),
    group: optional(accountName()).describe('Group of the file.'),
    mode: optional(fileModeOrKeep()).describe("Permission bits such as '0644', or keep for those of the source."),
    attrs: optional(text()).describe('Letters of chattr that the file has, and no others: i, a.'),
    template: optional(text()).describe('The template engine to render the content with: jinja.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    dir_mode: optional(fileMode()).describe('Mode of the directories makedirs makes.'),
    context: optional(dict()).describe('Variables of the template, over the defaults.'),
    replace: withDefault(flag(), true).describe('Whether the content of an existing file is replaced.'),
    defaults: optional(dict()).describe('Variables of the template.'),
    backup: optional(text()).describe('minion keeps a copy of the file before it is replaced.'),
    show_changes: withDefault(flag(), true).describe('Whether changes show a diff.'),
    create: withDefault(flag(), true).describe('Whether a missing file is made.'),
    contents: optional(anyValue()).describe('The content as text, or a list of lines.'),
    tmp_dir: withDefault(text(), '').describe('Where the file lies that check_cmd looks at.'),
    tmp_ext: withDefault(text(), '').describe('Ending of the name of the file that check_cmd looks at.'),
    contents_pillar: optional(textList()).describe('Pillar keys whose values are the content.'),
    contents_grains: optional(textList()).describe('Grains whose values are the content.'),
    contents_newline: withDefault(flag(), true).describe('Whether contents end in a newline.'),
    contents_delimiter: withDefault(text(), ':').describe('What separates the parts of nested pillar and grain keys.'),
    encoding: optional(text()).describe(
      'Encoding of contents when not utf-8: ascii, latin-1, cp1252, utf-16 and others.',
    ),
    encoding_errors: withDefault(oneOf(...encodingErrors), 'strict').describe(
      'What becomes of characters the encoding does not have.',
    ),
    allow_empty: withDefault(flag(), true).describe('Whether contents may be empty.'),
    follow_symlinks: withDefault(flag(), true).describe('Whether a symbolic link is written through, or replaced.'),
    check_cmd: optional(text()).describe(
      'Command that is given the new file before it is put in place, and must succeed.',
    ),
    skip_verify: withDefault(flag(), false).describe('Whether the hash of a remote source may go unchecked.'),
    selinux: optional(labelArgument()).describe(
      'Parts of the SELinux label that the file gets and the policy keeps: seuser, serole, setype, serange.',
    ),
    use_etag: withDefault(flag(), false).describe(
      'Whether a remote source without a hash will do, because its server says when it changed.',
    ),
    verify_ssl: withDefault(flag(), true).describe('Whether the certificate of a web server is checked.'),
    ...windowsArguments,
    win_perms_reset: windowsArguments.win_perms,
  }),
  examples: [
    `/etc/motd:
  file.managed:
    - contents: Authorised staff only
    - mode: '0644'`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const name = await expandHome(context.host, args.name);
    if (name === '') return fails('Destination file name is required');
    if (args.attrs !== undefined && !areFlags(args.attrs))
      return fails(`attrs has a letter that is none of chattr's: ${args.attrs}`);
    const content = await contentOf({ ...args, name }, context);
    if (typeof content === 'string') return fails(content);
    if (!args.create && !(await isFile(context.host, name)))
      return isOk(`File ${name} is not present and is not set for creation`);
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    if (await isDirectory(context.host, name)) return fails(`Specified target ${name} is a directory`);
    const outcome = await manageFile({ ...args, name, content }, context);
    const keeps = !args.replace || content.origin === 'nothing';
    const label = { path: name, label: args.selinux ?? {}, follow: args.follow_symlinks, keeps };
    const labelled = await withLabel(outcome, label, context.host);
    return args.attrs === undefined ? labelled : withFlags(labelled, { path: name, flags: args.attrs }, context.host);
  },
});
