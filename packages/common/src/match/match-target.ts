import { isAppError } from '../app-error.ts';
import { pythonStr } from '../python-repr.ts';
import type { Target, TargetType } from '../target.ts';
import type { Dict } from '../value.ts';
import { compileGlob, matchGlob } from './glob.ts';
import { containsAddress, parseIpNetwork } from './ip-network.ts';
import { matchPath, type TextTest } from './match-path.ts';
import { parseCompound, typeOfTerm, type Compound, type CompoundTerm } from './parse-compound.ts';
import { compilePythonRegex } from './python-regex.ts';
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
 * expressions can take long: call this where a deadline can be enforced.
 */
export function matchTarget(target: Target, subject: MatchSubject, options: MatchOptions = {}): boolean {
  return matchers[target.type](target.expression, subject, withDelimiter(target, options));
}

function withDelimiter({ delimiter }: Target, options: MatchOptions): MatchOptions {
  return delimiter === undefined ? options : { ...options, delimiter };
}

/** As {@link matchTarget} with a compound target, also given as a list of words (which then may hold blanks). */
export function matchCompound(
  expression: string | readonly string[],
  subject: MatchSubject,
  options: MatchOptions = {},
): boolean {
  const parsed = parseCompound(expression, options.nodegroups ?? new Map());
  // A malformed term makes the whole match nothing: behind a `not` it would otherwise match everything.
  if ('malformed' in parsed || findFault(parsed.compound) !== undefined) return false;
  return evaluate(parsed.compound, (term) => matchTerm(term, subject, options));
}

type Matcher = (expression: string, subject: MatchSubject, options: MatchOptions) => boolean;

const matchers: Readonly<Record<TargetType, Matcher>> = {
  glob: (expression, { id }) => matchGlob(expression, id),
  pcre: (expression, { id }) => compilePattern(expression, '')(id),
  list: (expression, { id }) => expression.split(',').includes(id),
  grain: (expression, { grains }, options) => matchData(grains, expression, options, globTest),
  grain_pcre: (expression, { grains }, options) => matchData(grains, expression, options, regexTest),
  pillar: (expression, { pillar }, options) => matchData(pillar(), expression, options, globTest),
  pillar_pcre: (expression, { pillar }, options) => matchData(pillar(), expression, options, regexTest),
  pillar_exact: (expression, { pillar }, options) => matchData(pillar(), expression, options, exactTest),
  nodegroup: (expression, subject, options) => matchCompound([`N@${expression}`], subject, options),
  ipcidr: (expression, { grains }) => matchIp(expression, grains),
  compound: matchCompound,
};

function matchTerm(term: CompoundTerm, subject: MatchSubject, options: MatchOptions): boolean {
  const delimiter = term.delimiter ?? ':';
  return matchers[typeOfTerm(term)](term.pattern, subject, { ...options, delimiter });
}

function evaluate(compound: Compound, matches: (term: CompoundTerm) => boolean): boolean {
  switch (compound.kind) {
    case 'term':
      return matches(compound.term);
    case 'not':
      return !evaluate(compound.operand, matches);
    case 'and':
      return evaluate(compound.left, matches) && evaluate(compound.right, matches);
    case 'or':
      return evaluate(compound.left, matches) || evaluate(compound.right, matches);
  }
}

function matchData(
  data: Dict,
  expression: string,
  { delimiter = ':' }: MatchOptions,
  compile: (pattern: string) => TextTest,
): boolean {
  return matchPath(data, expression, delimiter, compile);
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

function matchIp(expression: string, grains: Dict): boolean {
  const network = parseIpNetwork(expression);
  const addresses = network === undefined ? undefined : grains.get(`ipv${network.version}`);
  if (network === undefined || !Array.isArray(addresses)) return false;
  return addresses.some((address) => containsAddress(network, pythonStr(address)));
}
