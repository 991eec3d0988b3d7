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
  return traverseParts(value, splitPath(path, delimiter));
}

/** As {@link traverse}, with a path in parts. */
export function traverseParts(value: Value, parts: readonly string[]): Value | undefined {
  let current: Value | undefined = value;
  for (const part of parts) {
    if (Array.isArray(current)) current = stepIntoList(current, part);
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
export function stepIntoDict(dict: Dict, part: string): Value | undefined {
  const found = dict.get(part);
  if (found !== undefined) return found;
  // A word of letters means itself unless it is one of YAML's own.
  const meant = plainWord.test(part) ? part : parseArgument(part);
  return meant === part ? undefined : getItem(dict, meant);
}

function stepIntoList(list: readonly Value[], part: string): Value | undefined {
  const index = /^\s*[-+]?\d+\s*$/.test(part) ? Number(part) : undefined;
  for (const member of list) {
    const found = isDict(member) ? getItem(member, index ?? part) : undefined;
    if (found !== undefined) return found;
  }
  return index === undefined ? undefined : list.at(index);
}

const plainWord = /^(?!(?:true|false|yes|no|on|off|null|none|y|n)$)[a-z][a-z_]*$/i;
