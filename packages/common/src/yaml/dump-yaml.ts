import { isAppError } from '../app-error.ts';
import { compareValues } from '../compare-values.ts';
import { isDict, ValueSet, type Dict, type Value } from '../value.ts';
import { createEmitter, indented, putIndent, putIndicator, type Emitter } from './emitter.ts';
import { findShared } from './find-shared.ts';
import { isSimpleKey, writeScalar } from './write-scalar.ts';

/** How {@link dumpYaml} writes; the defaults are those of PyYAML's `safe_dump`. */
export interface DumpYamlOptions {
  /**
   * `block`: every collection on lines of its own; `auto`: collections of scalars as `[…]` and `{…}`; `flow`: all
   * collections so. Default: block.
   */
  readonly flow?: 'block' | 'auto' | 'flow';
  /** Sorts keys, unless they are of kinds that Python cannot order. Default: true, as in PyYAML. */
  readonly sortKeys?: boolean;
  /** Blanks per level, 2 to 9. Default: 2. */
  readonly indent?: number;
  /** The column after which texts go on in the next line; `Infinity` for never. Default: 80. */
  readonly width?: number;
  /** Writes characters beyond ASCII as escapes, in double quotes. Default: false. */
  readonly ensureAscii?: boolean;
}

/**
 * Writes a value as PyYAML's `safe_dump` with libyaml does (`default_flow_style` False, None for `auto`, True for `flow`;
 * characters beyond ASCII are kept unless asked otherwise): what is quoted and how, folding, lists in the column of their key, `&id001`
 * and `*id001` for a list or dict that occurs again. Ends in a line break.
 */
export function dumpYaml(value: Value, options: DumpYamlOptions = {}): string {
  const step = options.indent !== undefined && options.indent >= 2 && options.indent <= 9 ? options.indent : 2;
  const width = options.width ?? 80;
  const entriesOf = (options.sortKeys ?? true) ? sortedEntries : (dict: Dict): [Value, Value][] => [...dict];
  const writer: Writer = {
    emitter: createEmitter({ step, width: width > step * 2 ? width : 80, asciiOnly: options.ensureAscii ?? false }),
    flow: options.flow ?? 'block',
    entriesOf,
    anchors: findShared(value, entriesOf),
    written: new Set(),
  };
  writeNode(writer, value, false);
  putIndent(writer.emitter);
  return writer.emitter.parts.join('');
}

interface Writer {
  readonly emitter: Emitter;
  readonly flow: 'block' | 'auto' | 'flow';
  readonly entriesOf: (dict: Dict) => readonly (readonly [Value, Value])[];
  readonly anchors: ReadonlyMap<Value, string>;
  /** Anchored nodes that were written. */
  readonly written: Set<Value>;
}

function sortedEntries(dict: Dict): [Value, Value][] {
  try {
    return [...dict].sort(([a], [b]) => compareValues(a, b));
  } catch (caught) {
    if (isAppError(caught, 'value-unordered')) return [...dict];
    throw caught;
  }
}

function writeNode(writer: Writer, value: Value, isInMapping: boolean): void {
  const { emitter } = writer;
  const anchor = writer.anchors.get(value);
  if (anchor !== undefined && writer.written.has(value)) {
    putIndicator(emitter, `*${anchor}`, { needsBlank: true });
    return;
  }
  if (anchor !== undefined) {
    writer.written.add(value);
    putIndicator(emitter, `&${anchor}`, { needsBlank: true });
  }
  if (value instanceof ValueSet) putIndicator(emitter, '!!set', { needsBlank: true });
  if (Array.isArray(value)) writeList(writer, value, isInMapping);
  else if (isDict(value)) writeDict(writer, value);
  else writeScalar(emitter, value, false);
}

function writeList(writer: Writer, list: readonly Value[], isInMapping: boolean): void {
  const { emitter } = writer;
  if (isFlow(writer, list)) {
    writeFlow(emitter, ['[', ']'], list, (item) => writeNode(writer, item, false));
    return;
  }
  // A list stays in the column of the key it belongs to.
  indented(emitter, { isIndentless: isInMapping && !emitter.isIndentation }, () => {
    for (const item of list) {
      putIndent(emitter);
      putIndicator(emitter, '-', { needsBlank: true, isIndentation: true });
      writeNode(writer, item, false);
    }
  });
}

function writeDict(writer: Writer, dict: Dict): void {
  const { emitter } = writer;
  const entries = writer.entriesOf(dict);
  if (isFlow(writer, [...dict].flat())) {
    writeFlow(emitter, ['{', '}'], entries, (entry) => writeFlowEntry(writer, entry));
    return;
  }
  indented(emitter, {}, () => {
    for (const [key, value] of entries) {
      putIndent(emitter);
      writeKey(writer, key);
      writeNode(writer, value, true);
    }
  });
}

function writeKey(writer: Writer, key: Value): void {
  const { emitter } = writer;
  if (isSimpleKey(key)) {
    writeSimpleKey(emitter, key);
    return;
  }
  putIndicator(emitter, '?', { needsBlank: true, isIndentation: true });
  writeNode(writer, key, true);
  putIndent(emitter);
  putIndicator(emitter, ':', { needsBlank: true, isIndentation: true });
}

function writeSimpleKey(emitter: Emitter, key: Value): void {
  if (!Array.isArray(key) && !isDict(key)) writeScalar(emitter, key, true);
  putIndicator(emitter, ':');
}

function isFlow(writer: Writer, members: readonly Value[]): boolean {
  if (members.length === 0 || writer.emitter.flowDepth > 0 || writer.flow === 'flow') return true;
  return writer.flow === 'auto' && members.every(isUnstyled);
}

// Bytes are written as a block, which cannot stand in a flow collection.
function isUnstyled(value: Value): boolean {
  return !Array.isArray(value) && !isDict(value) && !(value instanceof Uint8Array);
}

function writeFlow<T>(
  emitter: Emitter,
  [open, close]: readonly [string, string],
  members: readonly T[],
  writeMember: (member: T) => void,
): void {
  putIndicator(emitter, open, { needsBlank: true });
  emitter.endsBlank = true;
  emitter.flowDepth += 1;
  indented(emitter, { isFlow: true }, () => {
    for (const [index, member] of members.entries()) {
      if (index > 0) putIndicator(emitter, ',');
      if (emitter.column > emitter.width) putIndent(emitter);
      writeMember(member);
    }
  });
  emitter.flowDepth -= 1;
  putIndicator(emitter, close);
}

function writeFlowEntry(writer: Writer, [key, value]: readonly [Value, Value]): void {
  const { emitter } = writer;
  if (isSimpleKey(key)) {
    writeSimpleKey(emitter, key);
  } else {
    putIndicator(emitter, '?', { needsBlank: true });
    writeNode(writer, key, true);
    if (emitter.column > emitter.width) putIndent(emitter);
    putIndicator(emitter, ':', { needsBlank: true });
  }
  writeNode(writer, value, true);
}
