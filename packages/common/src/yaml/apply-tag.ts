import { EVENT_ID, type Event } from 'js-yaml';
import { isDict, ValueSet, type Dict, type Value } from '../value.ts';
import { readScalar, resolveScalar, type ScalarKind } from './resolve-scalar.ts';
import type { YamlFinding } from './yaml-error.ts';

/** A node before its tag is applied. */
export type TaggedNode =
  | { readonly kind: 'scalar'; readonly value: string; readonly isPlain: boolean }
  | { readonly kind: 'sequence'; readonly value: Value[] }
  | { readonly kind: 'mapping'; readonly value: Dict };

type Outcome = { readonly value: Value } | Omit<YamlFinding, 'offset'>;

const standardPrefix = 'tag:yaml.org,2002:';

/** The full name of a tag as written (`!!str`, `!<…>`, `!e!x`), by the document's `%TAG` directives. */
export function resolveTagName(written: string, events: readonly Event[]): string {
  if (written.startsWith('!<')) return written.slice(2, -1);
  const handle = /^!(?:[\w-]*!)?/.exec(written)?.[0] ?? '!';
  const suffix = written.slice(handle.length);
  const declared = declaredPrefix(handle, events[0]);
  if (declared !== undefined) return declared + suffix;
  return handle === '!!' ? standardPrefix + suffix : written;
}

function declaredPrefix(handle: string, document: Event | undefined): string | undefined {
  if (document?.type !== EVENT_ID.DOCUMENT) return undefined;
  for (const directive of document.directives) {
    if (directive.kind === 'tag' && directive.handle === handle) return directive.prefix;
  }
  return undefined;
}

/** The value a tag makes of a node, or what is wrong. Only YAML's standard tags are known; nothing builds objects. */
export function applyTag(tag: string, node: TaggedNode): Outcome {
  if (tag === '!') return { value: untyped(node) };
  const name = tag.startsWith(standardPrefix) ? tag.slice(standardPrefix.length) : '';
  const toCollection = collectionTags.get(name);
  if (toCollection !== undefined) return orMismatch(toCollection(node), name, node);
  const toScalar = scalarTags.get(name);
  if (toScalar === undefined) return unsupported(tag);
  return orMismatch(node.kind === 'scalar' ? toScalar(node.value) : undefined, name, node);
}

function orMismatch(value: Value | undefined, name: string, node: TaggedNode): Outcome {
  if (value !== undefined) return { value };
  const found = node.kind === 'scalar' ? `'${node.value}'` : `this ${node.kind}`;
  return { code: 'yaml-invalid-value', summary: `${found} is not a value of the type !!${name}` };
}

function untyped(node: TaggedNode): Value {
  return node.kind === 'scalar' && node.isPlain && node.value !== '' ? resolveScalar(node.value) : node.value;
}

function unsupported(tag: string): Outcome {
  const shown = tag.startsWith(standardPrefix) ? `!!${tag.slice(standardPrefix.length)}` : tag;
  return {
    code: 'yaml-tag',
    summary: `the tag ${shown} is not supported`,
    help: "a text that begins with '!' needs quotes",
  };
}

function ofKind(kind: ScalarKind): (text: string) => Value | undefined {
  return (text) => readScalar(kind, text);
}

const asText = (text: string): Value => text;

const scalarTags: ReadonlyMap<string, (text: string) => Value | undefined> = new Map([
  ['str', asText],
  // Salt reads dates as the text they are.
  ['timestamp', asText],
  ['python/unicode', asText],
  ['merge', asText],
  ['value', asText],
  ['null', ofKind('null')],
  ['bool', ofKind('bool')],
  ['int', ofKind('int')],
  ['float', ofKind('float')],
  ['binary', readBinary],
]);

const collectionTags: ReadonlyMap<string, (node: TaggedNode) => Value | undefined> = new Map([
  ['seq', (node: TaggedNode) => (node.kind === 'sequence' ? node.value : undefined)],
  ['map', toMapping],
  ['set', toSet],
  ['omap', toOrderedMapping],
  ['pairs', (node: TaggedNode) => (node.kind === 'sequence' ? toPairs(node.value) : undefined)],
]);

function toMapping(node: TaggedNode): Value | undefined {
  return node.kind === 'mapping' ? node.value : undefined;
}

function toSet(node: TaggedNode): Value | undefined {
  const isSet = node.kind === 'mapping' && [...node.value.values()].every((item) => item === null);
  return isSet ? new ValueSet(node.value) : undefined;
}

function toOrderedMapping(node: TaggedNode): Value | undefined {
  if (node.kind !== 'sequence') return toMapping(node);
  const pairs = toPairs(node.value);
  return pairs === undefined ? undefined : new Map(pairs);
}

function toPairs(list: readonly Value[]): [Value, Value][] | undefined {
  const pairs = list.flatMap((item) => (isDict(item) && item.size === 1 ? [...item] : []));
  return pairs.length === list.length ? pairs : undefined;
}

function readBinary(text: string): Value | undefined {
  const encoded = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) return undefined;
  return new Uint8Array(Buffer.from(encoded, 'base64'));
}
