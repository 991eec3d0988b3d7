import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { isDict, pythonStr, type Changes, type CheckOutcome, type Dict, type Value } from '@brine/common';
import type { FunctionContext, StateContext } from '../../kit/context.ts';
import type { Host } from '../../kit/host.ts';
import { withFlags } from '../../providers/files/file-flags.ts';
import { findSource } from '../../providers/files/find-source.ts';
import { contentOf, type ContentArguments, type ManagedContent } from '../../providers/files/managed-content.ts';
import { manageFile, type FileRequest } from '../../providers/files/manage-file.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { withLabel, type WantedLabel } from '../../providers/selinux/file-label.ts';

/** What the functions of managed files are told of one; an empty text is as good as nothing. */
interface ManagedWish extends WantedLabel {
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

/** The value, when it says anything. */
export function blank<T>(value: T | ''): T | undefined {
  return value === '' ? undefined : value;
}

function dictOf(value: Dict | string | undefined): Dict | undefined {
  return isDict(value ?? null) ? (value as Dict) : undefined;
}

function modeOf({ mode }: ManagedWish): number | undefined {
  return typeof mode === 'number' ? mode : undefined;
}

function literalContent(contents: Value, mode: number | undefined): ManagedContent {
  const bytes = contents instanceof Uint8Array ? contents : Buffer.from(pythonStr(contents));
  return { origin: 'contents', bytes, mode };
}

/** The content as `file.managed` works it out. */
export async function readContent(args: ManagedWish, context: FunctionContext): Promise<ManagedContent | string> {
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
export async function givenContent(
  args: ManagedWish & { readonly sfn: string | undefined; readonly source_sum: Dict | string | undefined },
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

/** A request for what brings a file about. */
export function requestOf(args: ManagedWish, content: ManagedContent) {
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

/** Compares a file with what is asked of it. */
export async function compare(
  request: FileRequest,
  { attrs: flags, saltenv: environment, seuser, serole, setype, serange }: ManagedWish,
  context: FunctionContext,
): Promise<CheckOutcome<Host>> {
  const managed = await manageFile(request, stateContext(context, environment));
  const label = { seuser, serole, setype, serange };
  const keeps = request.content.origin === 'nothing';
  const wanted = { path: request.name, label, follow: request.follow_symlinks, keeps };
  const outcome = await withLabel(managed, wanted, context.host);
  return blank(flags) === undefined
    ? outcome
    : withFlags(outcome, { path: request.name, flags: flags ?? '' }, context.host);
}

/** The changes a file would undergo. */
export async function foreseen(args: ManagedWish, content: ManagedContent, context: FunctionContext): Promise<Changes> {
  const name = await expandHome(context.host, args.name);
  const outcome = await compare(requestOf({ ...args, name }, content), args, context);
  return outcome.kind === 'change' ? (outcome.pending.changes ?? {}) : {};
}

function stateContext(context: FunctionContext, environment: string): StateContext {
  const step = { id: '', sls: '', saltenv: environment, function: 'file.managed' };
  return { ...context, step, accumulated: new Map(), unknownArguments: new Map(), requiredSteps: [] };
}

/** Puts a rendered content into a file of its own, readable by this user alone; its path. */
export async function keepRendered({ host }: FunctionContext, bytes: Uint8Array): Promise<string> {
  const folder = host.environment('TMPDIR') ?? '/tmp';
  const path = posix.join(folder, `brine-${randomBytes(12).toString('hex')}`);
  await host.files.write(path, bytes, { mode: 0o600 });
  return path;
}
