import { getItem } from './get-item.ts';
import { parseArgument } from './parse-arguments.ts';
import { isDict, type Dict, type Value } from './value.ts';

/**
 * Follows a path such as `a:b:0` through dicts and lists, as pillar.get, grains.get and config.get do; `undefined`
 * when it leads nowhere. A part that is no key as text is tried as what it means in YAML (`8080`, `True`). On a
 * list, a part steps into the first dict that has it as a key, or else, if a number, is an index (negative ones
 * count from the end).
 */
export function traverse(value: Value, path: string, delimiter = ':'): Value | undefined {
  let current: Value | undefined = value;
  for (const part of splitPath(path, delimiter)) {
    if (Array.isArray(current)) current = stepIntoList(current, part);
    else if (isDict(current))
      current = current.has(part) ? current.get(part) : stepIntoDict(current, readPathPart(part));
    else return undefined;
  }
  return current;
}

/** A part of a path, and what it means in YAML when that is something else than a text. */
export interface PathPart {
  readonly text: string;
  readonly meant: Value | undefined;
}

/** Reads a part of a path, to look it up in many dicts. */
export function readPathPart(text: string): PathPart {
  // A word of letters means itself unless it is one of YAML's own.
  const meant = plainWord.test(text) ? text : parseArgument(text);
  return { text, meant: meant === text ? undefined : meant };
}

const plainWord = /^(?!(?:true|false|yes|no|on|off|null|none|y|n)$)[a-z][a-z_]*$/i;

/** As {@link traverse}, with a path in parts that are read already. */
export function traverseParts(value: Value, parts: readonly PathPart[]): Value | undefined {
  let current: Value | undefined = value;
  for (const part of parts) {
    if (Array.isArray(current)) current = stepIntoList(current, part.text);
    else if (isDict(current)) current = stepIntoDict(current, part);
    else return undefined;
  }
  return current;
}

/** Splits a path at its delimiter; an empty delimiter splits nothing. */
export function splitPath(path: string, delimiter: string): string[] {
  return delimiter === '' ? [path] : path.split(delimiter);
}

/** The item of a dict that a part of a path names. */
export function stepIntoDict(dict: Dict, { text, meant }: PathPart): Value | undefined {
  const found = dict.get(text);
  if (found !== undefined) return found;
  return meant === undefined ? undefined : getItem(dict, meant);
}

function stepIntoList(list: readonly Value[], part: string): Value | undefined {
  const index = /^\s*[-+]?\d+\s*$/.test(part) ? Number(part) : undefined;
  for (const member of list) {
    const found = isDict(member) ? getItem(member, index ?? part) : undefined;
    if (found !== undefined) return found;
  }
  return index === undefined ? undefined : list.at(index);
}
