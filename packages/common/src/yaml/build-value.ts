import { CHOMPING_MODE, EVENT_ID, getScalarValue, SCALAR_STYLE, type Event, type ScalarEvent } from 'js-yaml';
import type { Value } from '../value.ts';
import { applyTag, resolveTagName, type TaggedNode } from './apply-tag.ts';
import { createMapping, type MappingEntry } from './create-mapping.ts';
import { resolveScalar } from './resolve-scalar.ts';
import { yamlError } from './yaml-error.ts';
import type { YamlDialect } from './yaml-dialect.ts';
import type { YamlSource } from './yaml-source.ts';

/** For each container, the offset at which each of its keys or items was written. */
export type Positions = WeakMap<object, ReadonlyMap<Value, number>>;

/** How many nodes a document may have once its aliases are written out. */
const maxExpandedNodes = 1_000_000;

/** Builds the value that the events of one document describe. Throws as `loadYaml` says. */
export function buildValue(
  events: readonly Event[],
  source: YamlSource,
  dialect?: YamlDialect,
): { readonly value: Value; readonly positions: Positions } {
  const builder: Builder = {
    events,
    source,
    dialect,
    index: 0,
    offset: 0,
    nodes: 0,
    anchors: new Map(),
    positions: new WeakMap(),
  };
  const document = events[0];
  if (document?.type !== EVENT_ID.DOCUMENT) return { value: null, positions: builder.positions };
  builder.index = 1;
  const { value } = buildNode(builder);
  if (builder.index + 1 < events.length) throw secondDocument(builder);
  return { value, positions: builder.positions };
}

interface Builder {
  readonly events: readonly Event[];
  readonly source: YamlSource;
  readonly dialect: YamlDialect | undefined;
  /** The next event. */
  index: number;
  /** Where the latest node with a text of its own began. */
  offset: number;
  /** Nodes so far, those behind an alias counted each time. */
  nodes: number;
  /** `undefined` while the anchored node is being built. */
  readonly anchors: Map<string, { readonly value: Value; readonly nodes: number } | undefined>;
  readonly positions: WeakMap<object, ReadonlyMap<Value, number>>;
}

interface BuiltNode {
  readonly value: Value;
  readonly offset: number;
  /** Whether this is the unquoted scalar `<<`. */
  readonly isMerge: boolean;
  readonly tag?: string;
}

type ContentEvent = Extract<Event, { readonly tagStart: number }>;

function buildNode(builder: Builder, place: 'key' | 'other' = 'other'): BuiltNode {
  const event = builder.events[builder.index];
  builder.index += 1;
  builder.nodes += 1;
  if (event === undefined || !('anchorStart' in event)) throw new TypeError('a YAML event is out of place');
  if (event.type === EVENT_ID.ALIAS) return resolveAlias(builder, event.anchorStart, event.anchorEnd);
  const before = builder.nodes;
  const offset = takeOffset(builder, event);
  if (event.anchorStart < 0) return { ...buildContent(builder, event, { offset, place }), offset };
  const anchor = builder.source.text.slice(event.anchorStart, event.anchorEnd);
  builder.anchors.set(anchor, undefined);
  const content = buildContent(builder, event, { offset, place });
  builder.anchors.set(anchor, { value: content.value, nodes: builder.nodes - before + 1 });
  return { ...content, offset };
}

function takeOffset(builder: Builder, event: ContentEvent): number {
  const isQuoted = 'style' in event && event.type === EVENT_ID.SCALAR && isQuotedStyle(event);
  const start = event.type === EVENT_ID.SCALAR ? event.valueStart - (isQuoted ? 1 : 0) : event.start;
  const offset = event.tagStart >= 0 ? event.tagStart : start;
  if (offset >= 0) builder.offset = offset;
  return builder.offset;
}

function isQuotedStyle(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
}

function buildContent(
  builder: Builder,
  event: ContentEvent,
  { offset, place }: { readonly offset: number; readonly place: 'key' | 'other' },
): Omit<BuiltNode, 'offset'> {
  const node = buildUntagged(builder, event);
  const isPlain = node.kind === 'scalar' && node.isPlain;
  if (event.tagStart < 0) {
    return { value: isPlain ? resolveScalar(node.value) : node.value, isMerge: isPlain && node.value === '<<' };
  }
  const tag = resolveTagName(builder.source.text.slice(event.tagStart, event.tagEnd), builder.events);
  const own = builder.dialect?.applyTag(tag, isPlain ? resolveScalar(node.value) : node.value, place);
  if (own !== undefined) return { value: own, isMerge: false, tag };
  const outcome = applyTag(tag, node);
  if ('value' in outcome) return { value: outcome.value, isMerge: tag === 'tag:yaml.org,2002:merge' };
  throw yamlError(builder.source, { ...outcome, offset });
}

function buildUntagged(builder: Builder, event: ContentEvent): TaggedNode {
  if (event.type === EVENT_ID.SEQUENCE) return { kind: 'sequence', value: buildSequence(builder) };
  if (event.type === EVENT_ID.MAPPING) return { kind: 'mapping', value: buildMapping(builder) };
  const value = event.valueStart < 0 ? '' : getScalarValue(builder.source.text, event);
  const isPlain = event.style === SCALAR_STYLE.PLAIN;
  return { kind: 'scalar', value: isUnended(builder.source.text, event) ? value.slice(0, -1) : value, isPlain };
}

// Whether a block scalar is cut off by the end of the text: PyYAML does not add the line break that is not there.
function isUnended(text: string, { style, chomping, indent, valueEnd }: ScalarEvent): boolean {
  const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
  if (!isBlock || chomping === CHOMPING_MODE.STRIP || valueEnd < text.length) return false;
  const lastLine = /[^\r\n]*$/.exec(text)?.[0] ?? '';
  return lastLine.length > Math.max(indent, 0);
}

function buildSequence(builder: Builder): Value[] {
  const list: Value[] = [];
  const positions = new Map<Value, number>();
  while (!takesPop(builder)) {
    const { value, offset } = buildNode(builder);
    positions.set(list.length, offset);
    list.push(value);
  }
  builder.positions.set(list, positions);
  return list;
}

function buildMapping(builder: Builder): Map<Value, Value> {
  const entries: MappingEntry[] = [];
  while (!takesPop(builder)) {
    const { value: key, offset, isMerge, tag } = buildNode(builder, 'key');
    const { value, offset: valueOffset } = buildNode(builder);
    entries.push({ key, offset, isMerge, tag, value, valueOffset });
  }
  const { dict, positions } = createMapping(entries, builder);
  builder.positions.set(dict, positions);
  return dict;
}

function takesPop(builder: Builder): boolean {
  if (builder.events[builder.index]?.type !== EVENT_ID.POP) return false;
  builder.index += 1;
  return true;
}

function resolveAlias(builder: Builder, start: number, end: number): BuiltNode {
  const name = builder.source.text.slice(start, end);
  const offset = start - 1;
  builder.offset = offset;
  const target = builder.anchors.get(name);
  if (target === undefined) {
    const isRecursive = builder.anchors.has(name);
    const summary = isRecursive ? `the alias *${name} is inside what it names` : `found undefined alias *${name}`;
    const help = isRecursive ? undefined : `mark what it stands for with &${name}, before it`;
    throw yamlError(builder.source, { code: 'yaml-alias', offset, summary, help });
  }
  builder.nodes += target.nodes;
  if (builder.nodes > maxExpandedNodes) {
    const summary = `aliases make this text larger than ${maxExpandedNodes} nodes`;
    throw yamlError(builder.source, { code: 'yaml-alias', offset, summary });
  }
  return { value: target.value, offset, isMerge: false };
}

function secondDocument(builder: Builder): Error {
  const separators = [...builder.source.text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)].map(({ index }) => index);
  const offset = separators.find((separator) => separator > builder.offset) ?? builder.offset;
  const summary = 'expected a single document, but found another one';
  return yamlError(builder.source, { code: 'yaml-syntax', offset, summary, help: "remove the line '---'" });
}
