import { isDict, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import type { StateContext } from '../../kit/index.ts';
import { encodeText, isEncoding, type EncodingErrors } from '../text/encode-text.ts';
import { findSource, type FoundSource } from './find-source.ts';
import { renderTemplate } from './render-template.ts';

/** The content a file is to have, and what it came from; `bytes` or `path` holds it, neither when only the file's existence is asked for. */
export interface ManagedContent {
  readonly origin: 'source' | 'contents' | 'nothing';
  readonly bytes?: Uint8Array;
  /** A cached file whose content it is. */
  readonly path?: string;
  /** Hex SHA-256 of what lies at `path`, where it is known. */
  readonly sha256?: string | undefined;
  /** The mode, with `keep` resolved. */
  readonly mode: number | undefined;
}

/** The arguments that say what a file's content is. */
export interface ContentArguments {
  readonly name: string;
  readonly source: Value | undefined;
  readonly source_hash: string | undefined;
  readonly source_hash_name: string | undefined;
  readonly skip_verify: boolean;
  readonly use_etag?: boolean;
  readonly verify_ssl?: boolean;
  readonly contents: Value | undefined;
  readonly contents_pillar: readonly string[] | undefined;
  readonly contents_grains: readonly string[] | undefined;
  readonly contents_newline: boolean;
  readonly contents_delimiter: string;
  readonly allow_empty: boolean;
  readonly encoding: string | undefined;
  readonly encoding_errors?: EncodingErrors;
  readonly template: string | undefined;
  readonly context: Dict | undefined;
  readonly defaults: Dict | undefined;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly mode: number | 'keep' | undefined;
}

/** Works out the content; a text says why that cannot be done. */
export async function contentOf(args: ContentArguments, context: StateContext): Promise<ManagedContent | string> {
  const conflict = findConflict(args);
  if (conflict !== undefined) return conflict;
  const given = givenContents(args, context);
  if (typeof given === 'string') return given;
  if (given !== undefined) return fromContents(given.value, args, context);
  if (hasSource(args)) return fromSource(args, context);
  if (Array.isArray(args.source)) return 'Unable to manage file: none of the specified sources were found';
  return { origin: 'nothing', mode: args.mode === 'keep' ? undefined : args.mode };
}

function hasSource({ source }: ContentArguments): boolean {
  return source !== undefined && source !== '' && !(Array.isArray(source) && source.length === 0);
}

function findConflict(args: ContentArguments): string | undefined {
  const places = [args.contents, args.contents_pillar, args.contents_grains].filter((one) => one !== undefined);
  const others = "'contents', 'contents_pillar', or 'contents_grains'";
  if (hasSource(args) && places.length > 0) return `'source' cannot be used in combination with ${others}`;
  if (args.mode === 'keep' && places.length > 0)
    return `Mode preservation cannot be used in combination with ${others}`;
  if (places.length > 1) return "Only one of 'contents', 'contents_pillar', and 'contents_grains' is permitted";
  if (args.encoding !== undefined && !isEncoding(args.encoding))
    return `The encoding ${args.encoding} is not supported`;
  return undefined;
}

function givenContents(args: ContentArguments, context: StateContext): { readonly value: Value } | string | undefined {
  if (args.contents !== undefined) return { value: args.contents };
  if (args.contents_pillar !== undefined) return lookUp('Pillar', args.contents_pillar, context.pillar, args);
  if (args.contents_grains !== undefined) return lookUp('Grain', args.contents_grains, context.grains, args);
  return undefined;
}

function lookUp(
  kind: string,
  keys: readonly string[],
  dict: Dict,
  args: ContentArguments,
): { readonly value: Value } | string {
  const found = keys.map((key) => traverse(dict, key, args.contents_delimiter));
  const missing = found.indexOf(undefined);
  if (missing >= 0) return `${kind} ${keys[missing]} does not exist`;
  const [only = null] = found;
  return { value: keys.length === 1 ? only : found.map((value) => pythonStr(value ?? null)).join('\n') };
}

async function fromContents(
  value: Value,
  args: ContentArguments,
  context: StateContext,
): Promise<ManagedContent | string> {
  const mode = args.mode === 'keep' ? undefined : args.mode;
  if (!args.allow_empty && isEmpty(value)) return emptyRefusal(args);
  if (value instanceof Uint8Array) {
    if (args.template === undefined) return { origin: 'contents', bytes: value, mode };
    return 'Contents specified by contents/contents_pillar/contents_grains appears to be binary data, and as will not be able to be treated as a Jinja template.';
  }
  const joined = joinContents(value, args.contents_newline);
  if (joined === undefined)
    return 'Contents specified by contents/contents_pillar/contents_grains is not a string or list of strings, and is not binary data. SLS is likely malformed.';
  const rendered =
    args.template === undefined ? joined : await render({ text: joined, origin: args.name }, args, context);
  return { origin: 'contents', bytes: encode(rendered, args), mode };
}

function isEmpty(value: Value): boolean {
  return (
    value === null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}

function emptyRefusal(args: ContentArguments): string {
  const pillar = args.contents_pillar === undefined ? undefined : `contents_pillar ${args.contents_pillar.join(', ')}`;
  const grains = args.contents_grains === undefined ? undefined : `contents_grains ${args.contents_grains.join(', ')}`;
  const what = pillar ?? grains ?? "'contents'";
  return `${what} value would result in empty contents. Set allow_empty to True to allow the managed file to be empty.`;
}

// Salt splits at every line break Python knows of; those beyond \n and \r\n do not occur in configuration files.
function joinContents(value: Value, newline: boolean): string | undefined {
  if (isDict(value) || (Array.isArray(value) && value.length === 0)) return undefined;
  const parts = (Array.isArray(value) ? value : [value]).map((part) => pythonStr(part));
  const lines = parts.flatMap((part) =>
    part.split(/\r\n|\n|\r/).filter((line, index, all) => index < all.length - 1 || line !== ''),
  );
  const joined = lines.map((line) => `${line}\n`).join('');
  return newline ? joined : joined.replace(/[\r\n]+$/, '');
}

async function fromSource(args: ContentArguments, context: StateContext): Promise<ManagedContent | string> {
  const found = await findSource(
    {
      source: args.source ?? null,
      sourceHash: args.source_hash,
      hashName: args.source_hash_name,
      skipVerify: args.skip_verify,
      useEtag: args.use_etag === true,
      verifiesCertificates: args.verify_ssl !== false,
      target: args.name,
    },
    context,
  );
  if (typeof found === 'string') return found;
  const mode = args.mode === 'keep' ? found.mode : args.mode;
  // Only contents are encoded: what comes from elsewhere is taken for what is wanted.
  if (args.template === undefined) return { origin: 'source', path: found.path, sha256: found.sha256, mode };
  return renderSource(found, { ...args, mode }, context);
}

async function renderSource(
  found: FoundSource,
  args: ContentArguments & { readonly mode: number | undefined },
  context: StateContext,
): Promise<ManagedContent> {
  const text = Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
  const origin = found.url;
  const rendered = await render({ text, origin }, args, context);
  return { origin: 'source', bytes: Buffer.from(rendered), mode: args.mode };
}

function render(
  source: { readonly text: string; readonly origin: string },
  args: ContentArguments,
  context: StateContext,
): Promise<string> {
  const mode = typeof args.mode === 'number' ? args.mode.toString(8).padStart(4, '0') : args.mode;
  const { name, user, group } = args;
  return renderTemplate(
    {
      ...source,
      engine: args.template ?? 'jinja',
      defaults: args.defaults,
      context: args.context,
      variables: { name, source: source.origin, user, group, mode, attrs: null, saltenv: context.step.saltenv },
    },
    context,
  );
}

function encode(text: string, { encoding = 'utf-8', encoding_errors: errors }: ContentArguments): Uint8Array {
  return encodeText(text, encoding, errors);
}
