import {
  equalValues,
  isAppError,
  isDict,
  mergeValues,
  traverse,
  type Changes,
  type CheckOutcome,
  type Dict,
  type Value,
} from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  anyValue,
  defineState,
  dictOrList,
  fails,
  fileMode,
  flag,
  isOk,
  oneOf,
  optional,
  text,
  withDefault,
  willChange,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { manageFile } from '../../providers/files/manage-file.ts';
import { expandHome, isFile } from '../../providers/files/paths.ts';
import { encodeText, encodingErrors, type EncodingErrors } from '../../providers/text/encode-text.ts';
import { findSerializer, type Serializer } from '../../providers/text/serializers.ts';

/** `file.serialize` */
export const serialize = defineState({
  name: 'file.serialize',
  summary: 'Keeps a file with data written as JSON, YAML or another format.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    dataset: optional(anyValue()).describe('The data.'),
    dataset_pillar: optional(text()).describe('Pillar key of the data.'),
    user: optional(accountName()).describe('Owner of the file.'),
    group: optional(accountName()).describe('Group of the file.'),
    mode: optional(fileMode()).describe('Permission bits.'),
    backup: optional(text()).describe('minion keeps a copy of the file before it is replaced.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    show_changes: withDefault(flag(), true).describe('Whether changes show a diff.'),
    create: withDefault(flag(), true).describe('Whether a missing file is made.'),
    merge_if_exists: withDefault(flag(), false).describe('Lays the data over what the file has.'),
    encoding: optional(text()).describe('Encoding of the file; with any, YAML has letters beyond ASCII as they are.'),
    encoding_errors: withDefault(oneOf(...encodingErrors), 'strict').describe(
      'What becomes of characters the encoding does not have.',
    ),
    serializer: optional(text()).describe('The format: yaml, json, toml, plist, msgpack, configparser or python.'),
    formatter: optional(text()).describe('Another name of serializer.'),
    serializer_opts: optional(dictOrList()).describe('Options of the format, e.g. indent and sort_keys.'),
    deserializer_opts: optional(dictOrList()).describe(
      'Options of reading for merge_if_exists. Files are read the same way whatever they say.',
    ),
  }),
  examples: [
    `/etc/docker/daemon.json:
  file.serialize:
    - formatter: json
    - dataset:
        log-driver: journald`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const name = await expandHome(context.host, args.name);
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    const isThere = await isFile(context.host, name);
    if (!args.create && !isThere) return isOk(`File ${name} is not present and is not set for creation`);
    const serializer = chooseSerializer(args);
    if (typeof serializer === 'string') return fails(serializer);
    const dataset = datasetOf(args, context);
    if ('refusal' in dataset) return fails(dataset.refusal);
    const merges = args.merge_if_exists && isThere;
    const merged = merges ? await mergeExisting(name, { dataset: dataset.value, serializer }, context) : dataset;
    if ('refusal' in merged) return fails(merged.refusal);
    if (merged.isSame === true) return isOk(`The file ${name} is in the correct state`);
    const written = tryWrite(serializer, merged.value, args);
    if ('refusal' in written) return fails(written.refusal);
    const { bytes } = written;
    const content = { origin: 'contents' as const, bytes, mode: args.mode };
    const pendingComment = `Dataset will be serialized and stored into ${name}`;
    const request = { ...args, name, content, dir_mode: undefined, replace: true, follow_symlinks: true };
    const outcome = await manageFile({ ...request, pendingComment }, context);
    return merged.existing === undefined ? outcome : withDiff(outcome, diffDicts(merged.existing, merged.value));
  },
});

function tryWrite(
  serializer: Serializer,
  value: Value,
  args: {
    readonly encoding: string | undefined;
    readonly encoding_errors: EncodingErrors;
    readonly serializer_opts: Dict | undefined;
  },
): { readonly bytes: Buffer } | { readonly refusal: string } {
  const options = { keepsLetters: args.encoding !== undefined, options: args.serializer_opts ?? new Map() };
  try {
    const written = serializer.write(value, options);
    if (typeof written !== 'string') return { bytes: Buffer.from(written) };
    return { bytes: Buffer.from(encodeText(`${written}\n`, args.encoding ?? 'utf-8', args.encoding_errors)) };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { refusal: caught.message };
  }
}

type Dataset =
  | { readonly value: Value; readonly isSame?: boolean; readonly existing?: Dict }
  | { readonly refusal: string };

/** Salt shows of a merge which values are new, not which lines. */
function withDiff(outcome: CheckOutcome<Host>, diff: Dict): CheckOutcome<Host> {
  if (outcome.kind !== 'change') return outcome;
  const shown = (changes: Changes): Changes =>
    'diff' in changes && changes['diff'] !== '<show_changes=False>' ? { ...changes, diff } : changes;
  const { pending, apply } = outcome;
  return willChange({ ...pending, changes: shown(pending.changes) }, async (machine) => {
    const applied = await apply(machine);
    return { ...applied, changes: shown(applied.changes) };
  });
}

function diffDicts(before: Dict, after: Value): Dict {
  const diff: Dict = new Map();
  for (const [key, value] of isDict(after) ? after : []) {
    const old = before.get(key);
    if (old !== undefined && equalValues(old, value)) continue;
    const isNested = isDict(old) && isDict(value);
    const change: Value = isNested
      ? diffDicts(old, value)
      : new Map<Value, Value>([
          ['new', value],
          ['old', old ?? '<_null_>'],
        ]);
    diff.set(key, change);
  }
  return diff;
}

function chooseSerializer(args: {
  readonly serializer: string | undefined;
  readonly formatter: string | undefined;
}): Serializer | string {
  if (args.serializer !== undefined && args.formatter !== undefined)
    return 'Only one of serializer and formatter are allowed';
  return findSerializer(args.serializer ?? args.formatter ?? 'yaml');
}

function datasetOf(
  args: { readonly dataset: Value | undefined; readonly dataset_pillar: string | undefined },
  { pillar }: StateContext,
): Dataset {
  if (args.dataset !== undefined && args.dataset_pillar !== undefined)
    return { refusal: "Only one of 'dataset' and 'dataset_pillar' is permitted" };
  const found = args.dataset ?? (args.dataset_pillar === undefined ? undefined : traverse(pillar, args.dataset_pillar));
  return found === undefined ? { refusal: "Neither 'dataset' nor 'dataset_pillar' was defined" } : { value: found };
}

async function mergeExisting(
  name: string,
  { dataset, serializer }: { readonly dataset: Value; readonly serializer: Serializer },
  { host }: StateContext,
): Promise<Dataset> {
  const { read } = serializer;
  if (read === undefined) return { refusal: `merge_if_exists is not supported for the ${serializer.name} serializer` };
  const existing = tryRead(read, Buffer.from((await host.files.read(name)) ?? ''));
  if ('refusal' in existing) return existing;
  return merge(existing.value, dataset);
}

function tryRead(read: (content: Buffer) => Value, content: Buffer): Dataset {
  try {
    return { value: read(content) };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { refusal: `Failed to deserialize existing data: ${caught.message}` };
  }
}

function merge(existing: Value, dataset: Value): Dataset {
  if (existing === null) return { value: dataset };
  if (!isDict(existing) || !isDict(dataset))
    return { refusal: 'Only a dict can be merged into what the file has, which has to be a dict too' };
  const value = mergeValues(existing, dataset, 'recurse');
  return { value, isSame: equalValues(existing, value), existing };
}
