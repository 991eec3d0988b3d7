import { pythonStr } from '../python-repr.ts';
import { splitPath, stepIntoDict } from '../traverse.ts';
import { isDict, type Dict, type Value } from '../value.ts';

/** Decides whether a value's text matches the rest of a path expression. */
export type TextTest = (text: string) => boolean;

/**
 * Whether a grain or pillar expression (`os:Debian`, `roles:web*`, `hw:cpu:cores:8`) holds for some data. Its last
 * parts are a pattern for a value: of a list any member will do, of a dict the pattern names a key. Keys and values
 * may hold the delimiter themselves; a part `*` stands for any key. `compile` makes the test out of a pattern.
 */
export function matchPath(
  data: Dict,
  expression: string,
  delimiter: string,
  compile: (pattern: string) => TextTest,
): boolean {
  return matchBelow(data, splitPath(expression, delimiter), { delimiter, compile });
}

interface PathRules {
  readonly delimiter: string;
  readonly compile: (pattern: string) => TextTest;
}

function matchValue(value: Value, parts: readonly string[], rules: PathRules): boolean {
  if (isDict(value)) return matchDict(value, parts, rules);
  if (Array.isArray(value)) return matchList(value, parts, rules);
  return rules.compile(parts.join(rules.delimiter))(pythonStr(value));
}

function matchDict(dict: Dict, parts: readonly string[], rules: PathRules): boolean {
  if (dict.size === 0) return false;
  const pattern = parts.join(rules.delimiter);
  return pattern === '*' || stepIntoDict(dict, pattern) !== undefined || matchBelow(dict, parts, rules);
}

// The longest key first, as keys may hold the delimiter.
function matchBelow(dict: Dict, parts: readonly string[], rules: PathRules): boolean {
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const rest = parts.slice(length);
    const key = parts.slice(0, length).join(rules.delimiter);
    const candidates = key === '*' ? [...dict.values()] : [stepIntoDict(dict, key)];
    if (candidates.some((candidate) => candidate !== undefined && matchValue(candidate, rest, rules))) return true;
  }
  return false;
}

function matchList(list: readonly Value[], parts: readonly string[], rules: PathRules): boolean {
  const test = rules.compile(parts.join(rules.delimiter));
  const isMatch = (member: Value): boolean =>
    (isDict(member) && matchDict(member, parts, rules)) || test(pythonStr(member));
  if (list.some(isMatch)) return true;
  const [index = '', ...rest] = parts;
  const member = rest.length > 0 && /^-?\d+$/.test(index) ? list.at(Number(index)) : undefined;
  return member !== undefined && matchValue(member, rest, rules);
}
