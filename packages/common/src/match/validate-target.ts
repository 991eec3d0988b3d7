import { isAppError } from '../app-error.ts';
import type { Problem } from '../problem.ts';
import type { Target, TargetType } from '../target.ts';
import type { Dict } from '../value.ts';
import { parseIpNetwork } from './ip-network.ts';
import { parseCompound, typeOfTerm, type Compound } from './parse-compound.ts';
import { compilePythonRegex } from './python-regex.ts';
import { parseRange } from './range.ts';

/** What else a target may depend on. */
export interface MatchOptions {
  /** The configuration's `nodegroups`: name → expression, as text or list of words. */
  readonly nodegroups?: Dict;
  /** Between the parts of grain and pillar expressions; default `:`. */
  readonly delimiter?: string;
  /** Whether pillar terms compare whole values only: patterns would tell more of other minions' pillar than a minion may know. */
  readonly pillarIsExact?: boolean;
}

/** What is wrong with a target that can therefore match nothing (`target-invalid`); empty when it is well formed. */
export function validateTarget(target: Target, options: MatchOptions = {}): Problem[] {
  const { type, expression, delimiter = options.delimiter } = target;
  const fault = faultFinders[type](expression, delimiter === undefined ? options : { ...options, delimiter });
  if (fault === undefined) return [];
  const summary = `the ${target.type} target '${target.expression}' is malformed: ${fault}`;
  return [{ severity: 'error', code: 'target-invalid', summary }];
}

type FaultFinder = (expression: string, options: MatchOptions) => string | undefined;

const faultFinders: Readonly<Record<TargetType, FaultFinder>> = {
  glob: emptyFault,
  list: emptyFault,
  pcre: regexFault,
  range: rangeFault,
  grain: pathFault,
  pillar: pathFault,
  pillar_exact: pathFault,
  grain_pcre: pathRegexFault,
  pillar_pcre: pathRegexFault,
  ipcidr: ipFault,
  nodegroup: (expression, options) => compoundFault([`N@${expression}`], options),
  compound: compoundFault,
};

function emptyFault(expression: string): string | undefined {
  return expression === '' ? 'it is empty' : undefined;
}

function ipFault(expression: string): string | undefined {
  return parseIpNetwork(expression) === undefined
    ? 'it is neither an address nor a network without host bits'
    : undefined;
}

function rangeFault(expression: string): string | undefined {
  const range = parseRange(expression);
  return 'malformed' in range ? range.malformed : undefined;
}

function regexFault(pattern: string): string | undefined {
  try {
    compilePythonRegex(pattern);
    return undefined;
  } catch (caught) {
    if (isAppError(caught, 'regex-invalid')) return caught.message;
    throw caught;
  }
}

function pathFault(expression: string, { delimiter = ':' }: MatchOptions): string | undefined {
  return expression.includes(delimiter) ? undefined : `it has no '${delimiter}' between key and value`;
}

function pathRegexFault(expression: string, options: MatchOptions): string | undefined {
  const { delimiter = ':' } = options;
  const afterKey = expression.slice(expression.indexOf(delimiter) + delimiter.length);
  return pathFault(expression, options) ?? regexFault(afterKey);
}

function compoundFault(expression: string | readonly string[], options: MatchOptions): string | undefined {
  const parsed = parseCompound(expression, options.nodegroups ?? new Map());
  return 'malformed' in parsed ? parsed.malformed : findFault(parsed.compound);
}

/** What is wrong with the first malformed term of a compound target, if any is. */
export function findFault(compound: Compound): string | undefined {
  if (compound.kind === 'not') return findFault(compound.operand);
  if (compound.kind !== 'term') return findFault(compound.left) ?? findFault(compound.right);
  const { letter, delimiter = ':', pattern } = compound.term;
  const fault = faultFinders[typeOfTerm(compound.term)](pattern, { delimiter });
  return fault === undefined || letter === undefined ? fault : `in ${letter}@${pattern}, ${fault}`;
}
