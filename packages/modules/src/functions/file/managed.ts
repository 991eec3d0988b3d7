import { pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  anyValue,
  dict,
  either,
  fileMode,
  flag,
  nullableValue,
  oneOf,
  optional,
  text,
  withDefault,
} from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { areFlags } from '../../providers/files/file-flags.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { labelPart } from '../../providers/selinux/label-argument.ts';
import { failure } from '../failure.ts';
import { filePath } from './file-path.ts';
import { blank, compare, foreseen, givenContent, keepRendered, readContent, requestOf } from './managed-wish.ts';

const blankOr = <T>(schema: z.ZodType<T, Value | undefined>) => optional(either(oneOf(''), schema));
const source = nullableValue().describe(
  'URL or path of the content, or a list of which the first that exists is used.',
);
const sourceHash = blankOr(text()).describe(
  'Digest that a source not from the file server must have, or a URL of such.',
);
const hashName = blankOr(text()).describe('The name to look for in a file of digests.');
const owner = {
  user: optional(accountName()).describe('The user.'),
  group: optional(accountName()).describe('The group.'),
  mode: blankOr(fileMode()).describe('Octal digits.'),
};
const attrs = optional(text())
  .refine((value) => value === undefined || areFlags(value), 'must be letters of chattr')
  .describe('Letters of chattr that the file is to have.');
const saltenv = withDefault(text(), 'base').describe('The environment of `salt://`.');
const template = blankOr(text()).describe('The engine to render the content with, e.g. `jinja`.');
const variables = blankOr(dict()).describe('Variables of the template.');
const defaults = blankOr(dict()).describe('Variables that `context` may override.');
const contents = optional(anyValue()).describe('The content itself.');
const skipVerify = withDefault(flag(), false).describe('Ask for no digest of a remote source.');
const verifySsl = withDefault(flag(), true).describe('Check the certificate of a web server.');
const useEtag = withDefault(flag(), false).describe(
  'A remote source needs no digest: its server says when it changed.',
);
const follow = withDefault(flag(), false).describe('Look at what a symbolic link points to.');
const label = {
  seuser: labelPart('the user'),
  serole: labelPart('the role'),
  setype: labelPart('the type'),
  serange: labelPart('the range'),
};

const checkArguments = {
  name: filePath(),
  source,
  source_hash: sourceHash,
  source_hash_name: hashName,
  ...owner,
  attrs,
  template,
  context: variables,
  defaults,
  saltenv,
  contents,
  skip_verify: skipVerify,
  keep_mode: withDefault(flag(), false).describe('Give the file the mode of its source.'),
  ...label,
  verify_ssl: verifySsl,
  follow_symlinks: follow,
};

export const getManaged = defineFunction({
  name: 'file.get_managed',
  ignoresOthers: true,
  summary: 'Fetches and renders the content of a managed file: its place, its digest, and what is wrong with it.',
  args: z.object({
    name: filePath(),
    template,
    source,
    source_hash: sourceHash,
    source_hash_name: hashName,
    ...owner,
    attrs,
    saltenv,
    context: variables,
    defaults,
    skip_verify: skipVerify,
    verify_ssl: verifySsl,
    use_etag: useEtag,
  }),
  examples: [
    "'*' file.get_managed /etc/httpd/conf.d/httpd.conf jinja salt://http/httpd.conf '' '' root root '755' '' base '' ''",
  ],
  async run(args, context) {
    const content = await readContent(args, context);
    if (typeof content === 'string') return ['', {}, content];
    const path = content.bytes === undefined ? '' : await keepRendered(context, content.bytes);
    const file = path === '' ? content.path : path;
    const digest = file === undefined ? undefined : await context.host.files.hash(file, 'sha256');
    return [path, digest === undefined ? {} : { hash_type: 'sha256', hsum: digest }, ''];
  },
});

export const checkManaged = defineFunction({
  name: 'file.check_managed',
  ignoresOthers: true,
  summary: 'Whether a managed file would be changed: null when so, true when not, with the words of a dry run.',
  args: z.object(checkArguments),
  examples: [
    "'*' file.check_managed /etc/httpd/conf.d/httpd.conf salt://http/httpd.conf '' '' root root '755' '' jinja '' '' base",
  ],
  async run(args, context): Promise<Plain> {
    const content = await readContent(args, context);
    if (typeof content === 'string') return [false, content];
    const changes = await foreseen(args, content, context);
    const lines = Object.entries(changes).map(([key, value]) => `${key}: ${pythonStr(value as Value)}\n`);
    if (lines.length > 0) return [null, `The following values are set to be changed:\n${lines.join('')}`];
    return [true, `The file ${args.name} is in the correct state`];
  },
});

export const checkManagedChanges = defineFunction({
  name: 'file.check_managed_changes',
  ignoresOthers: true,
  summary: 'The changes that a managed file would undergo.',
  args: z.object(checkArguments),
  examples: [
    "'*' file.check_managed_changes /etc/httpd/conf.d/httpd.conf salt://http/httpd.conf '' '' root root '755' '' jinja '' '' base",
  ],
  async run(args, context): Promise<Plain> {
    const content = await readContent(args, context);
    return typeof content === 'string' ? [false, content] : foreseen(args, content, context);
  },
});

const sourceSum = blankOr(dict()).describe('`hash_type` and `hsum`, as `file.get_managed` tells them.');
const sfn = blankOr(text()).describe('Path of the content, as `file.get_managed` tells it.');

export const checkFileMeta = defineFunction({
  name: 'file.check_file_meta',
  summary: 'What differs between a file and a content, owner and mode.',
  args: z.object({
    name: filePath(),
    sfn,
    source,
    source_sum: sourceSum,
    ...owner,
    attrs,
    saltenv,
    contents,
    ...label,
    verify_ssl: verifySsl,
    follow_symlinks: follow,
  }),
  examples: [
    "'*' file.check_file_meta /etc/httpd/conf.d/httpd.conf '' salt://http/httpd.conf '{hash_type: md5, hsum: 0123}' root root '755' '' base",
  ],
  async run(args, context): Promise<Plain> {
    const content = await givenContent(args, context);
    return typeof content === 'string' ? [false, content] : foreseen(args, content, context);
  },
});

export const manage = defineFunction({
  name: 'file.manage_file',
  ignoresOthers: true,
  summary: 'Gives a file a content, an owner and a mode; answers what changed.',
  args: z.object({
    name: filePath(),
    sfn,
    ret: nullableValue().describe('Accepted for Salt.'),
    source,
    source_sum: sourceSum,
    ...owner,
    attrs,
    saltenv,
    backup: blankOr(text()).describe('minion keeps a copy of the file before it is replaced.'),
    makedirs: withDefault(flag(), false).describe('Make missing parent folders.'),
    template: blankOr(text()).describe('Accepted for Salt; the content is rendered already.'),
    show_changes: withDefault(flag(), true).describe('Show a diff.'),
    contents,
    dir_mode: optional(fileMode()).describe('Mode of the folders that are made.'),
    follow_symlinks: withDefault(flag(), true).describe('Write through a symbolic link rather than replace it.'),
    skip_verify: skipVerify,
    keep_mode: withDefault(flag(), false).describe('Give the file the mode of its source.'),
    encoding: optional(text()).describe('Encoding of the file.'),
    ...label,
    verify_ssl: verifySsl,
    use_etag: useEtag,
  }),
  examples: [
    "'*' file.manage_file /etc/httpd/conf.d/httpd.conf '' '{}' salt://http/httpd.conf '{hash_type: md5, hsum: 0123}' root root '755' '' base ''",
  ],
  async run(args, context): Promise<Plain> {
    const content = await givenContent(args, context);
    if (typeof content === 'string') throw failure(content);
    const name = await expandHome(context.host, args.name);
    const request = { ...requestOf({ ...args, name }, content), makedirs: args.makedirs, dir_mode: args.dir_mode };
    const managed = { ...request, backup: blank(args.backup), show_changes: args.show_changes };
    const outcome = await compare(managed, args, context);
    if (outcome.kind !== 'change')
      return { name, changes: {}, comment: outcome.comment, result: outcome.kind === 'ok' };
    if (context.options.get('test') === true) return { name, ...outcome.pending, result: null };
    const { comment, changes, failed } = await outcome.apply(context.host);
    return { name, changes, comment, result: failed !== true };
  },
});
