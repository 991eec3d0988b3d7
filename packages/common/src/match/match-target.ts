import { isAppError } from '../app-error.ts';
import { pythonStr } from '../python-repr.ts';
import type { Target, TargetType } from '../target.ts';
import type { Dict } from '../value.ts';
import { compileGlob } from './glob.ts';
import { containsAddress, parseIpNetwork } from './ip-network.ts';
import { createPathTest, type TextTest } from './match-path.ts';
import { parseCompound, typeOfTerm, type Compound, type CompoundTerm } from './parse-compound.ts';
import { compilePythonRegex } from './python-regex.ts';
import { parseRange } from './range.ts';
import { findFault, type MatchOptions } from './validate-target.ts';

/** The minion a target is tried on. */
export interface MatchSubject {
  readonly id: string;
  readonly grains: Dict;
  /** Asked for only when the target looks at pillar. */
  readonly pillar: () => Dict;
}

/**
 * Whether a target is for a minion, as Salt decides it: ids match by letter case, values of grains and pillar do
 * not; numbers and booleans are compared as Python spells them; regular expressions are anchored at the start. A
 * malformed target matches nothing: `validateTarget` says what is wrong with it. User-written regular
 * expressions can take long: see `limitTime`.
 */
export function matchTarget(target: Target, subject: MatchSubject, options: MatchOptions = {}): boolean {
  return compileTarget(target, options)(subject);
}

/** As {@link matchTarget} with a compound target, also given as a list of words (which then may hold blanks). */
export function matchCompound(
  expression: string | readonly string[],
  subject: MatchSubject,
  options: MatchOptions = {},
): boolean {
  return compileCompound(expression, options)(subject);
}

/** Whether a target is for a minion. */
export type TargetTest = (subject: MatchSubject) => boolean;

/** Reads a target once, to try it on many minions; see {@link matchTarget}. */
export function compileTarget(target: Target, options: MatchOptions = {}): TargetTest {
  const { type, expression, delimiter } = target;
  return compilers[type](expression, delimiter === undefined ? options : { delimiter, ...options });
}

function compileCompound(expression: string | readonly string[], options: MatchOptions): TargetTest {
  const parsed = parseCompound(expression, options.nodegroups ?? new Map());
  // A malformed term makes the whole match nothing: behind a `not` it would otherwise match everything.
  if ('malformed' in parsed || findFault(parsed.compound) !== undefined) return never;
  return compileTree(parsed.compound, options);
}

type Compiler = (expression: string, options: MatchOptions) => TargetTest;

const never: TargetTest = () => false;

const compilers: Readonly<Record<TargetType, Compiler>> = {
  glob: (expression) => {
    const test = compileGlob(expression);
    return ({ id }) => test(id);
  },
  pcre: (expression) => {
    const test = compilePattern(expression, '');
    return ({ id }) => test(id);
  },
  list: (expression) => {
    const ids = new Set(expression.split(','));
    return ({ id }) => ids.has(id);
  },
  range: (expression) => {
    const range = parseRange(expression);
    return 'malformed' in range ? never : ({ id }) => range.matches(id);
  },
  grain: grainTest(globTest),
  grain_pcre: grainTest(regexTest),
  pillar: (expression, options) =>
    pillarTest(options.pillarIsExact === true ? exactTest : globTest)(expression, options),
  pillar_pcre: (expression, options) =>
    pillarTest(options.pillarIsExact === true ? exactTest : regexTest)(expression, options),
  pillar_exact: pillarTest(exactTest),
  nodegroup: (expression, options) => compileCompound([`N@${expression}`], options),
  ipcidr: compileIp,
  compound: compileCompound,
};

function compileTree(compound: Compound, options: MatchOptions): TargetTest {
  if (compound.kind === 'term') return compileTerm(compound.term, options);
  if (compound.kind === 'not') {
    const operand = compileTree(compound.operand, options);
    return (subject) => !operand(subject);
  }
  const [left, right] = [compileTree(compound.left, options), compileTree(compound.right, options)];
  return compound.kind === 'and'
    ? (subject) => left(subject) && right(subject)
    : (subject) => left(subject) || right(subject);
}

function compileTerm(term: CompoundTerm, options: MatchOptions): TargetTest {
  const delimiter = term.delimiter ?? ':';
  return compilers[typeOfTerm(term)](term.pattern, { ...options, delimiter });
}

function grainTest(compile: (pattern: string) => TextTest): Compiler {
  return (expression, { delimiter = ':' }) => {
    const test = createPathTest(expression, delimiter, compile);
    return ({ grains }) => test(grains);
  };
}

function pillarTest(compile: (pattern: string) => TextTest): Compiler {
  return (expression, { delimiter = ':' }) => {
    const test = createPathTest(expression, delimiter, compile);
    return ({ pillar }) => test(pillar());
  };
}

function globTest(pattern: string): TextTest {
  const matches = compileGlob(pattern.toLowerCase());
  return (text) => matches(text.toLowerCase());
}

function regexTest(pattern: string): TextTest {
  return compilePattern(pattern, 'i');
}

function exactTest(pattern: string): TextTest {
  return (text) => text.toLowerCase() === pattern.toLowerCase();
}

// Sticky, hence anchored where matching begins.
function compilePattern(pattern: string, flags: string): TextTest {
  try {
    const regex = compilePythonRegex(pattern, `${flags}y`);
    return (text) => {
      regex.lastIndex = 0;
      return regex.test(text);
    };
  } catch (caught) {
    if (isAppError(caught, 'regex-invalid')) return () => false;
    throw caught;
  }
}

function compileIp(expression: string): TargetTest {
  const network = parseIpNetwork(expression);
  if (network === undefined) return never;
  return ({ grains }) => {
    const addresses = grains.get(`ipv${network.version}`);
    return Array.isArray(addresses) && addresses.some((address) => containsAddress(network, pythonStr(address)));
  };
}
