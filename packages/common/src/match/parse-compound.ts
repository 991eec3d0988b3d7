import { pythonStr } from '../python-repr.ts';
import type { TargetType } from '../target.ts';
import { isDict, type Dict, type Value } from '../value.ts';

/** One term of a compound target: how it matches, with which delimiter, and what. */
export interface CompoundTerm {
  /** The letter before `@`; `undefined` for a glob on the id. */
  readonly letter: string | undefined;
  readonly delimiter: string | undefined;
  readonly pattern: string;
}

const letterTypes: ReadonlyMap<string, TargetType> = new Map([
  ['G', 'grain'],
  ['P', 'grain_pcre'],
  ['I', 'pillar'],
  ['J', 'pillar_pcre'],
  ['L', 'list'],
  ['S', 'ipcidr'],
  ['E', 'pcre'],
  ['R', 'range'],
]);

/** The type of target a term is by its letter; a glob without one. */
export function typeOfTerm({ letter }: CompoundTerm): TargetType {
  return letterTypes.get(letter ?? '') ?? 'glob';
}

/** A compound target as a tree. */
export type Compound =
  | { readonly kind: 'term'; readonly term: CompoundTerm }
  | { readonly kind: 'not'; readonly operand: Compound }
  | { readonly kind: 'and' | 'or'; readonly left: Compound; readonly right: Compound };

/** A compound target, or why it is malformed. */
export type ParsedCompound = { readonly compound: Compound } | { readonly malformed: string };

/**
 * Parses a compound target. Words are separated by blanks; `and`, `or`, `not` and parentheses count only as words
 * of their own; `not` binds tightest, then `and`, then `or`; a `not` after a term means `and not`. `N@group` stands
 * for the group's own expression in parentheses.
 */
export function parseCompound(expression: string | readonly string[], nodegroups: Dict): ParsedCompound {
  const words = typeof expression === 'string' ? toWords(expression) : expression;
  return parseWords(words, { nodegroups, open: [] });
}

interface Groups {
  readonly nodegroups: Dict;
  /** The groups this expression is part of. */
  readonly open: readonly string[];
}

interface Reader {
  readonly words: readonly string[];
  readonly groups: Groups;
  position: number;
  /** Open parentheses. */
  depth: number;
}

const deepestNesting = 50;

function toWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function parseWords(words: readonly string[], groups: Groups): ParsedCompound {
  const reader: Reader = { words, groups, position: 0, depth: 0 };
  try {
    const compound = parseOr(reader);
    if (reader.position < words.length) throw new Malformed(`unexpected '${words[reader.position] ?? ''}'`);
    return { compound };
  } catch (caught) {
    if (caught instanceof Malformed) return { malformed: caught.message };
    throw caught;
  }
}

// Only to leave the recursion; never seen outside this file.
class Malformed extends Error {}

function parseOr(reader: Reader): Compound {
  let left = parseAnd(reader);
  while (takesWord(reader, 'or')) left = { kind: 'or', left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: Reader): Compound {
  let left = parseNot(reader);
  while (takesWord(reader, 'and') || reader.words[reader.position] === 'not') {
    left = { kind: 'and', left, right: parseNot(reader) };
  }
  return left;
}

function parseNot(reader: Reader): Compound {
  const isNegated = takesWord(reader, 'not');
  // Salt reads the second as `and not`, which can then make no sense.
  if (isNegated && reader.words[reader.position] === 'not') throw new Malformed("'not' stands before another 'not'");
  const operand = parseOperand(reader);
  return isNegated ? { kind: 'not', operand } : operand;
}

function parseOperand(reader: Reader): Compound {
  if (!takesWord(reader, '(')) return parseTerm(reader);
  reader.depth += 1;
  if (reader.depth > deepestNesting) throw new Malformed(`parentheses nest deeper than ${deepestNesting} levels`);
  const inner = parseOr(reader);
  if (!takesWord(reader, ')')) throw new Malformed("a '(' is not closed");
  reader.depth -= 1;
  return inner;
}

function parseTerm(reader: Reader): Compound {
  const word = reader.words[reader.position];
  if (word === undefined) throw new Malformed('it ends where a target is expected');
  if (['and', 'or', ')'].includes(word)) throw new Malformed(`'${word}' stands where a target is expected`);
  reader.position += 1;
  const [, pathLetter, delimiter, plainLetter, pattern = ''] = /^(?:([GPIJ])(.)?|([LNSER]))@(.+)$/su.exec(word) ?? [];
  const letter = pathLetter ?? plainLetter;
  if (letter === undefined) return { kind: 'term', term: { letter, delimiter: undefined, pattern: word } };
  if (letter === 'N') return expandGroup(pattern, reader.groups);
  return { kind: 'term', term: { letter, delimiter, pattern } };
}

function takesWord(reader: Reader, word: string): boolean {
  if (reader.words[reader.position] !== word) return false;
  reader.position += 1;
  return true;
}

function expandGroup(name: string, { nodegroups, open }: Groups): Compound {
  if (open.includes(name)) throw new Malformed(`the nodegroup '${name}' contains itself`);
  const words = groupWords(nodegroups.get(name));
  if (words === undefined) throw new Malformed(`there is no nodegroup '${name}'`);
  const parsed = parseWords(words, { nodegroups, open: [...open, name] });
  if ('malformed' in parsed) throw new Malformed(`in the nodegroup '${name}': ${parsed.malformed}`);
  return parsed.compound;
}

function groupWords(definition: Value | undefined): string[] | undefined {
  if (typeof definition === 'string') return toWords(definition);
  if (!Array.isArray(definition) || definition.some((word) => isDict(word) || Array.isArray(word))) return undefined;
  return definition.map(pythonStr);
}
