import { fault } from '../template-fault.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { repr, toText } from '../values/python-text.ts';
import type { CallArguments, RuntimeValue } from '../values/runtime-value.ts';
import { checkedText } from '../values/size-limits.ts';
import { formatWithSpec } from './format-spec.ts';

interface Formatting {
  readonly args: CallArguments;
  readonly runtime: Runtime;
  /** The next automatic number, or `manual` once fields carry numbers. */
  numbering: number | 'manual';
}

/** Python's `text.format(…)`; fields go through the same sandbox as templates. */
export function formatText(text: string, args: CallArguments, runtime: Runtime): string {
  return checkedText(expand(text, { args, runtime, numbering: 0 }, 2));
}

function expand(text: string, formatting: Formatting, depth: number): string {
  if (depth === 0) throw fault('Max string recursion exceeded');
  let result = '';
  let index = 0;
  while (index < text.length) {
    const next = nextBrace(text, index);
    result += text.slice(index, next);
    index = next;
    if (index >= text.length) break;
    const brace = text.slice(index, index + 1);
    if (text.slice(index + 1, index + 2) === brace) {
      result += brace;
      index += 2;
      continue;
    }
    if (brace === '}') throw fault("Single '}' encountered in format string");
    const end = endOfField(text, index);
    result += expandField(text.slice(index + 1, end), formatting, depth);
    index = end + 1;
  }
  return result;
}

function nextBrace(text: string, from: number): number {
  const found = /[{}]/g;
  found.lastIndex = from;
  return found.exec(text)?.index ?? text.length;
}

function endOfField(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  throw fault("expected '}' before end of string");
}

function expandField(field: string, formatting: Formatting, depth: number): string {
  const parts =
    /^(?<path>(?:[^:![]|\[[^\]]*\])*)(?:!(?<conversion>[^:]*))?(?::(?<spec>.*))?$/s.exec(field)?.groups ?? {};
  const value = lookUp(parts['path'] ?? '', formatting);
  const converted = convert(value, parts['conversion']);
  const spec = parts['spec'] ?? '';
  return formatWithSpec(converted, spec.includes('{') ? expand(spec, formatting, depth - 1) : spec);
}

function convert(value: RuntimeValue, conversion: string | undefined): RuntimeValue {
  switch (conversion) {
    case undefined:
      return value;
    case 's':
      return toText(value);
    case 'r':
      return repr(value);
    case 'a':
      return repr(value).replace(/[^\0-\x7f]/gu, escapeCharacter);
    default:
      throw fault(`Unknown conversion specifier '${conversion}'`);
  }
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}

function lookUp(path: string, formatting: Formatting): RuntimeValue {
  const first = /^[^.[]*/.exec(path)?.[0] ?? '';
  let value = start(first, formatting);
  const steps = /\.(?<name>[^.[]+)|\[(?<key>[^\]]+)\]|(?<bad>.)/gs;
  for (const { groups = {} } of path.slice(first.length).matchAll(steps)) {
    if (groups['bad'] !== undefined) throw fault('Empty attribute in format string');
    const { runtime } = formatting;
    if (groups['name'] !== undefined) value = runtime.attribute(value, groups['name']);
    else value = runtime.subscript(value, toKey(groups['key'] ?? ''));
  }
  return value;
}

function toKey(text: string): RuntimeValue {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function start(name: string, formatting: Formatting): RuntimeValue {
  if (name !== '' && !/^\d+$/.test(name)) {
    const value = formatting.args.keyword.get(name);
    if (value === undefined) throw fault(`KeyError: ${repr(name)}`);
    return value;
  }
  const value = formatting.args.positional[nextNumber(name, formatting)];
  if (value === undefined) throw fault('Replacement index out of range for positional args tuple');
  return value;
}

function nextNumber(name: string, formatting: Formatting): number {
  if (name === '') {
    if (formatting.numbering === 'manual') {
      throw fault('cannot switch from manual field specification to automatic field numbering');
    }
    formatting.numbering += 1;
    return formatting.numbering - 1;
  }
  if (formatting.numbering !== 'manual' && formatting.numbering > 0) {
    throw fault('cannot switch from automatic field numbering to manual field specification');
  }
  formatting.numbering = 'manual';
  return Number(name);
}
