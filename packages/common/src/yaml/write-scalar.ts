import { formatFloat } from '../format-float.ts';
import { isFloat, type Dict, type Float, type Value } from '../value.ts';
import { indented, putIndicator, type Emitter } from './emitter.ts';
import { scalarKind } from './resolve-scalar.ts';
import { analyzeText } from './text-analysis.ts';
import { writeDoubleQuoted, writeLiteral, writePlain, writeSingleQuoted } from './write-text.ts';

/** A value that is no collection. */
export type Scalar = Exclude<Value, Value[] | Dict>;

const longestSimpleKey = 128;

/** Whether a key can be written as `key: value`, rather than as `? key` and `: value`. */
export function isSimpleKey(key: Value): boolean {
  if (typeof key === 'string') {
    return !analyzeText(Array.from(key)).isMultiline && Buffer.byteLength(key) <= longestSimpleKey;
  }
  return !(key instanceof Uint8Array) && !Array.isArray(key) && !(key instanceof Map);
}

/** Writes a scalar. `isKey`: before the colon on the same line. */
export function writeScalar(emitter: Emitter, scalar: Scalar, isKey: boolean): void {
  // Further lines of a scalar are indented deeper than what it belongs to.
  indented(emitter, { isFlow: true }, () => writeContent(emitter, scalar, isKey));
}

function writeContent(emitter: Emitter, scalar: Scalar, isKey: boolean): void {
  if (scalar instanceof Uint8Array) {
    writeBytes(emitter, scalar);
    return;
  }
  const text = { characters: Array.from(scalarText(scalar)), mayFold: !isKey };
  const style = typeof scalar === 'string' ? chooseStyle(scalar, emitter, isKey) : 'plain';
  if (style === 'plain') writePlain(emitter, text);
  else if (style === 'single') writeSingleQuoted(emitter, text);
  else writeDoubleQuoted(emitter, text);
}

function scalarText(scalar: Exclude<Scalar, Uint8Array>): string {
  if (typeof scalar === 'string') return scalar;
  if (scalar === null) return 'null';
  if (typeof scalar === 'boolean') return scalar ? 'true' : 'false';
  return isFloat(scalar) ? floatText(scalar) : BigInt(scalar).toString();
}

function floatText(float: number | Float): string {
  const number = Number(float);
  if (Number.isNaN(number)) return '.nan';
  if (!Number.isFinite(number)) return number > 0 ? '.inf' : '-.inf';
  const text = formatFloat(number);
  // Without a point it would be read as text.
  return text.includes('.') ? text : text.replace('e', '.0e');
}

function chooseStyle(text: string, emitter: Emitter, isKey: boolean): 'plain' | 'single' | 'double' {
  const analysis = analyzeText(Array.from(text));
  if ((isKey && analysis.isMultiline) || (emitter.asciiOnly && /[^\0-\x7f]/.test(text))) return 'double';
  const allowsPlain = emitter.flowDepth > 0 ? analysis.allowsFlowPlain : analysis.allowsBlockPlain;
  if (allowsPlain && readsAsText(text)) return 'plain';
  return analysis.allowsSingleQuoted ? 'single' : 'double';
}

// The form of PyYAML's resolver, written anew.
const timestamp =
  /^\d{4}-\d\d-\d\d$|^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/;

function readsAsText(text: string): boolean {
  return scalarKind(text) === 'str' && text !== '<<' && text !== '=' && !timestamp.test(text);
}

function writeBytes(emitter: Emitter, bytes: Uint8Array): void {
  putIndicator(emitter, '!!binary', { needsBlank: true });
  const lines = Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');
  const text = { characters: Array.from(lines), mayFold: true };
  if (lines === '') writeDoubleQuoted(emitter, text);
  else writeLiteral(emitter, text);
}
