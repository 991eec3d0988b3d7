import { pythonStr } from '../python-repr.ts';
import { readPathPart, splitPath, stepIntoDict, traverseParts, type PathPart } from '../traverse.ts';
import { isDict, type Dict, type Value } from '../value.ts';

/** Decides whether a value's text matches the rest of a path expression. */
export type TextTest = (text: string) => boolean;

/**
 * Makes the test whether a grain or pillar expression (`os:Debian`, `roles:web*`, `hw:cpu:cores:8`) holds for some
 * data. Its last parts are a pattern for a value: of a list any member will do, of a dict the pattern names a key.
 * Values may hold the delimiter themselves, keys only as the pattern; a part `*` stands for any key. `compile` makes
 * the test out of a pattern; it is asked once for each pattern that is looked at.
 */
export function createPathTest(
  expression: string,
  delimiter: string,
  compile: (pattern: string) => TextTest,
): (data: Dict) => boolean {
  const texts = splitPath(expression, delimiter);
  const parts = texts.map(readPathPart);
  const patterns = texts.map((_, index) => readPathPart(texts.slice(index).join(delimiter)));
  const tests = new Map<number, TextTest>();
  const testFrom = (from: number): TextTest => {
    const known = tests.get(from) ?? compile(patterns[from]?.text ?? '');
    tests.set(from, known);
    return known;
  };
  return (data) => matchBelow(data, 0, { parts, patterns, testFrom });
}

interface PathRules {
  readonly parts: readonly PathPart[];
  /** What is left of the expression from each part on. */
  readonly patterns: readonly PathPart[];
  readonly testFrom: (from: number) => TextTest;
}

function matchValue(value: Value, from: number, rules: PathRules): boolean {
  if (isDict(value)) return matchDict(value, from, rules);
  if (Array.isArray(value)) return matchList(value, from, rules);
  return rules.testFrom(from)(pythonStr(value));
}

function matchDict(dict: Dict, from: number, rules: PathRules): boolean {
  if (dict.size === 0) return false;
  const pattern = rules.patterns[from];
  if (pattern === undefined) return false;
  return pattern.text === '*' || stepIntoDict(dict, pattern) !== undefined || matchBelow(dict, from, rules);
}

// The longest path first, as values may hold the delimiter.
function matchBelow(dict: Dict, from: number, rules: PathRules): boolean {
  const { parts } = rules;
  for (let end = parts.length - 1; end > from; end -= 1) {
    const isAnyKey = end === from + 1 && parts[from]?.text === '*';
    const candidates = isAnyKey ? [...dict.values()] : [traverseParts(dict, parts.slice(from, end))];
    if (candidates.some((candidate) => candidate !== undefined && matchValue(candidate, end, rules))) return true;
  }
  return false;
}

function matchList(list: readonly Value[], from: number, rules: PathRules): boolean {
  const test = rules.testFrom(from);
  const isMatch = (member: Value): boolean =>
    (isDict(member) && matchDict(member, from, rules)) || test(pythonStr(member));
  return list.some(isMatch);
}
