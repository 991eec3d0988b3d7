import { pythonRepr, pythonStr } from '../python-repr.ts';
import { isDict, type Value } from '../value.ts';
import { UnsuitableAnswer } from './unsuitable.ts';

const field = /\{\{|\}\}|\{(\d*)((?:\[[^\]{}]*\])*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/g;

/**
 * Fills a text as Python's `str.format` does, for fields that are numbered (`{4:<10}`, `{6[duration]!s:>7}`, `{}`).
 * Throws {@link UnsuitableAnswer} for what names something else or cannot be read.
 */
export function formatFields(text: string, values: readonly Value[]): string {
  let next = 0;
  return text.replaceAll(field, (...found: readonly (string | undefined)[]) => {
    const [whole = '', number, path = '', conversion, spec = ''] = found;
    if (whole === '{{' || whole === '}}') return whole.slice(1);
    if (number === undefined) throw new UnsuitableAnswer();
    const index = number === '' ? next++ : Number(number);
    const value = follow(values[index], path);
    return align(conversion === 'r' ? pythonRepr(value) : pythonStr(value), spec, value);
  });
}

function follow(start: Value | undefined, path: string): Value {
  let value = start;
  for (const [, key = ''] of path.matchAll(/\[([^\]]*)\]/g)) {
    value = isDict(value) ? value.get(key) : Array.isArray(value) ? value[Number(key)] : undefined;
  }
  if (value === undefined) throw new UnsuitableAnswer();
  return value;
}

function align(text: string, spec: string, value: Value): string {
  const parts = /^(?:(.)?([<>^]))?(0?)(\d*)(?:\.(\d+))?([sdf]?)$/su.exec(spec);
  if (parts === null) throw new UnsuitableAnswer();
  const [, fill = ' ', side, zero, width, precision] = parts;
  const isText = typeof value === 'string';
  const cut = precision !== undefined && isText ? text.slice(0, Number(precision)) : text;
  const room = Math.max(0, Number(width) - cut.length);
  const pad = zero === '0' ? '0' : fill;
  switch (side ?? (isText ? '<' : '>')) {
    case '<':
      return cut + pad.repeat(room);
    case '^':
      return pad.repeat(Math.floor(room / 2)) + cut + pad.repeat(Math.ceil(room / 2));
    default:
      return pad.repeat(room) + cut;
  }
}
