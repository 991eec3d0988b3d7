import { pythonStr } from '../python-repr.ts';
import { splitPath, stepIntoDict, traverse } from '../traverse.ts';
import { isDict, type Dict, type Value } from '../value.ts';

/** Decides whether a value's text matches the rest of a path expression. */
export type TextTest = (text: string) => boolean;

/**
 * Whether a grain or pillar expression (`os:Debian`, `roles:web*`, `hw:cpu:cores:8`) holds for some data. Its last
 * parts are a pattern for a value: of a list any member will do, of a dict the pattern names a key. Values may hold
 * the delimiter themselves, keys only as the pattern; a part `*` stands for any key. `compile` makes the test out of a
 * pattern.
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

// The longest path first, as values may hold the delimiter.
function matchBelow(dict: Dict, parts: readonly string[], rules: PathRules): boolean {
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const rest = parts.slice(length);
    const path = parts.slice(0, length).join(rules.delimiter);
    const candidates = path === '*' ? [...dict.values()] : [traverse(dict, path, rules.delimiter)];
    if (candidates.some((candidate) => candidate !== undefined && matchValue(candidate, rest, rules))) return true;
  }
  return false;
}

function matchList(list: readonly Value[], parts: readonly string[], rules: PathRules): boolean {
  const test = rules.compile(parts.join(rules.delimiter));
  const isMatch = (member: Value): boolean =>
    (isDict(member) && matchDict(member, parts, rules)) || test(pythonStr(member));
  return list.some(isMatch);
}
