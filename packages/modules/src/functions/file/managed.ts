import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { isDict, pythonStr, type Changes, type CheckOutcome, type Dict, type Plain, type Value } from '@brine/common';
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
import type { FunctionContext, StateContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { areFlags, withFlags } from '../../providers/files/file-flags.ts';
import { findSource } from '../../providers/files/find-source.ts';
import { contentOf, type ContentArguments, type ManagedContent } from '../../providers/files/managed-content.ts';
import { manageFile, type FileRequest } from '../../providers/files/manage-file.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { filePath } from './file-path.ts';

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

interface Wanted {
  readonly name: string;
  readonly source: Value;
  readonly source_hash?: string | undefined;
  readonly source_hash_name?: string | undefined;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly mode: string | number | undefined;
  readonly attrs?: string | undefined;
  readonly template?: string | undefined;
  readonly context?: Dict | string | undefined;
  readonly defaults?: Dict | string | undefined;
  readonly saltenv: string;
  readonly contents?: Value | undefined;
  readonly skip_verify?: boolean;
  readonly keep_mode?: boolean;
  readonly verify_ssl?: boolean;
  readonly use_etag?: boolean;
  readonly encoding?: string | undefined;
  readonly follow_symlinks?: boolean;
}

function blank<T>(value: T | ''): T | undefined {
  return value === '' ? undefined : value;
}

function dictOf(value: Dict | string | undefined): Dict | undefined {
  return isDict(value ?? null) ? (value as Dict) : undefined;
}

function modeOf({ mode }: Wanted): number | undefined {
  return typeof mode === 'number' ? mode : undefined;
}

function literalContent(contents: Value, mode: number | undefined): ManagedContent {
  const bytes = contents instanceof Uint8Array ? contents : Buffer.from(pythonStr(contents));
  return { origin: 'contents', bytes, mode };
}

/** The content as `file.managed` works it out. */
async function readContent(args: Wanted, context: FunctionContext): Promise<ManagedContent | string> {
  if (args.contents !== undefined) return literalContent(args.contents, modeOf(args));
  const wanted: ContentArguments = {
    name: await expandHome(context.host, args.name),
    source: args.source === null || args.source === '' ? undefined : args.source,
    source_hash: blank(args.source_hash),
    source_hash_name: blank(args.source_hash_name),
    skip_verify: args.skip_verify === true,
    use_etag: args.use_etag === true,
    verify_ssl: args.verify_ssl !== false,
    contents: undefined,
    contents_pillar: undefined,
    contents_grains: undefined,
    contents_newline: false,
    contents_delimiter: ':',
    allow_empty: true,
    encoding: args.encoding,
    template: blank(args.template),
    context: dictOf(args.context),
    defaults: dictOf(args.defaults),
    user: blank(args.user),
    group: blank(args.group),
    mode: args.keep_mode === true ? 'keep' : modeOf(args),
  };
  return contentOf(wanted, stateContext(context, args.saltenv));
}

/** The content that another function has got ready, else that of the source as it is. */
async function givenContent(
  args: Wanted & { readonly sfn: string | undefined; readonly source_sum: Dict | string | undefined },
  context: FunctionContext,
): Promise<ManagedContent | string> {
  const mode = modeOf(args);
  if (args.contents !== undefined) return literalContent(args.contents, mode);
  const path = blank(args.sfn);
  if (path !== undefined) return { origin: 'source', path, mode };
  if (args.source === null || args.source === '') return { origin: 'nothing', mode };
  const sum = dictOf(args.source_sum);
  const digest =
    sum === undefined ? undefined : `${pythonStr(sum.get('hash_type') ?? '')}=${pythonStr(sum.get('hsum') ?? '')}`;
  const found = await findSource(
    { source: args.source, sourceHash: digest, skipVerify: args.skip_verify === true, target: args.name },
    stateContext(context, args.saltenv),
  );
  if (typeof found === 'string') return found;
  return { origin: 'source', path: found.path, mode: args.keep_mode === true ? found.mode : mode };
}

function requestOf(args: Wanted, content: ManagedContent) {
  return {
    name: args.name,
    content,
    user: blank(args.user),
    group: blank(args.group),
    makedirs: false,
    dir_mode: undefined as number | undefined,
    replace: true,
    backup: undefined as string | undefined,
    show_changes: true,
    follow_symlinks: args.follow_symlinks === true,
  };
}

async function compare(
  request: FileRequest,
  { attrs: flags, saltenv: environment }: Wanted,
  context: FunctionContext,
): Promise<CheckOutcome<Host>> {
  const outcome = await manageFile(request, stateContext(context, environment));
  return blank(flags) === undefined
    ? outcome
    : withFlags(outcome, { path: request.name, flags: flags ?? '' }, context.host);
}

async function foreseen(args: Wanted, content: ManagedContent, context: FunctionContext): Promise<Changes> {
  const name = await expandHome(context.host, args.name);
  const outcome = await compare(requestOf({ ...args, name }, content), args, context);
  return outcome.kind === 'change' ? (outcome.pending.changes ?? {}) : {};
}

function stateContext(context: FunctionContext, environment: string): StateContext {
  const step = { id: '', sls: '', saltenv: environment, function: 'file.managed' };
  return { ...context, step, accumulated: new Map(), unknownArguments: new Map(), requiredSteps: [] };
}

async function keepRendered({ host }: FunctionContext, bytes: Uint8Array): Promise<string> {
  const folder = host.environment('TMPDIR') ?? '/tmp';
  const path = posix.join(folder, `brine-${randomBytes(12).toString('hex')}`);
  await host.files.write(path, bytes, { mode: 0o600 });
  return path;
}
