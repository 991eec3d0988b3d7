import { escapeHtml, escapeText } from '../formatting/html-text.ts';
import { toFlag, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import { fault } from '../template-fault.ts';
import { iterate, toList } from '../values/iteration.ts';
import { isNumeric } from '../values/numbers.ts';
import { repr, toText } from '../values/python-text.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { unescapeHtml } from './html-entities.ts';
import { urlize } from './urlize.ts';

function stripTags(text: string): string {
  const withoutTags = text.replaceAll(/<!--.*?-->/gs, '').replaceAll(/<[^>]*>/g, '');
  return unescapeHtml(
    withoutTags
      .split(/\s+/)
      .filter((word) => word !== '')
      .join(' '),
  );
}

/** Python's `urllib.parse.quote` with `safe` characters beside letters, digits and `_.-~`. */
function quoteUrl(value: RuntimeValue, safe: string): string {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(toText(value), 'utf8');
  let quoted = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const isSafe = /[A-Za-z0-9_.~-]/.test(character) || safe.includes(character);
    quoted += isSafe ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return quoted;
}

function quotePart(value: RuntimeValue): string {
  return quoteUrl(value, '').replaceAll('%20', '+');
}

function encodeUrl(value: RuntimeValue): string {
  if (typeof value === 'string' || value instanceof Markup) return quoteUrl(value, '/');
  if (value instanceof Map) return Array.from(value, ([key, item]) => `${quotePart(key)}=${quotePart(item)}`).join('&');
  if (value === null || isNumeric(value) || value instanceof Uint8Array) {
    return quoteUrl(value, '/');
  }
  const pairs = Array.from(iterate(value), (pair) => toList(pair));
  return pairs.map(encodePair).join('&');
}

function encodePair([key, item, ...others]: RuntimeValue[]): string {
  if (key === undefined || item === undefined || others.length > 0) throw fault('urlencode takes pairs of two');
  return `${quotePart(key)}=${quotePart(item)}`;
}

function xmlAttributes(value: RuntimeValue, withSpace: boolean): string {
  if (!(value instanceof Map)) throw fault(`'${typeName(value)}' object has no attribute 'items'`);
  const parts: string[] = [];
  for (const [key, item] of value) {
    if (item === null || item instanceof Undefined) continue;
    const name = toTextArgument(key);
    if (/[\s/>=]/.test(name)) throw fault(`Invalid character in attribute name: ${repr(name)}`);
    parts.push(`${escapeHtml(key)}="${escapeHtml(item)}"`);
  }
  const text = parts.join(' ');
  return withSpace && text !== '' ? ` ${text}` : text;
}

export const htmlFilters: readonly Routine[] = [
  routine('escape', '', (value) => new Markup(escapeHtml(value))),
  routine('e', '', (value) => new Markup(escapeHtml(value))),
  routine('forceescape', '', (value) => new Markup(escapeText(toText(value)))),
  routine('safe', '', (value) => new Markup(toText(value))),
  routine('striptags', '', (value) => stripTags(toText(value))),
  routine('urlencode', '', (value) => encodeUrl(value)),
  routine('xmlattr', 'autospace?', (value, [withSpace]) => xmlAttributes(value, toFlag(withSpace, true))),
  routine('urlize', 'trim_url_limit? nofollow? target? rel? extra_schemes?', (value, args) =>
    urlize(toText(value), args),
  ),
];
