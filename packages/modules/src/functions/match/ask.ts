import {
  isDict,
  limitTime,
  matchCompound,
  matchTarget,
  pythonStr,
  type Dict,
  type MatchSubject,
  type TargetType,
} from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';

/** Milliseconds that one match may take. */
const matchLimit = 1000;

/** How a target is looked at. */
export interface MatchQuestion {
  readonly type: TargetType;
  readonly expression: string;
  readonly id?: string | undefined;
  readonly delimiter?: string;
}

/** Whether a target is for this minion, or would be if it had another id. */
export function matches(context: FunctionContext, { type, expression, id, delimiter: mark }: MatchQuestion): boolean {
  const options = { ...nodegroupsOf(context), ...(mark === undefined ? {} : { delimiter: mark }) };
  return limitTime(matchLimit, () => matchTarget({ type, expression }, subjectOf(context, id), options));
}

/** Whether a compound target is for this minion, or would be if it had another id. */
export function matchCompoundTarget(
  context: FunctionContext,
  target: string | readonly string[],
  id: string | undefined,
): boolean {
  return limitTime(matchLimit, () => matchCompound(target, subjectOf(context, id), nodegroupsOf(context)));
}

function subjectOf({ grains, pillar: compiled, options }: FunctionContext, id: string | undefined): MatchSubject {
  const own = pythonStr(options.get('id') ?? grains.get('id') ?? '');
  return { id: id ?? own, grains, pillar: () => compiled };
}

function nodegroupsOf({ options }: FunctionContext): { readonly nodegroups?: Dict } {
  const nodegroups = options.get('nodegroups');
  return isDict(nodegroups) ? { nodegroups } : {};
}
