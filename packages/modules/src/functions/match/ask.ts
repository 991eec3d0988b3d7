import {
  isDict,
  matchCompound,
  matchTarget,
  pythonStr,
  type Dict,
  type MatchSubject,
  type TargetType,
} from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';

/** How a target is looked at. */
export interface MatchQuestion {
  readonly type: TargetType;
  readonly expression: string;
  readonly id?: string | undefined;
  readonly delimiter?: string;
}

/** Whether a target is for this minion, or would be if it had another id. */
export function matches(context: FunctionContext, { type, expression, id, delimiter: mark }: MatchQuestion): boolean {
  return matchTarget({ type, expression }, subjectOf(context, id), {
    ...nodegroupsOf(context),
    ...(mark === undefined ? {} : { delimiter: mark }),
  });
}

/** Whether a compound target is for this minion, or would be if it had another id. */
export function matchCompoundTarget(
  context: FunctionContext,
  target: string | readonly string[],
  id: string | undefined,
): boolean {
  return matchCompound(target, subjectOf(context, id), nodegroupsOf(context));
}

function subjectOf({ grains, pillar: compiled, options }: FunctionContext, id: string | undefined): MatchSubject {
  const own = pythonStr(options.get('id') ?? grains.get('id') ?? '');
  return { id: id ?? own, grains, pillar: () => compiled };
}

function nodegroupsOf({ options }: FunctionContext): { readonly nodegroups?: Dict } {
  const nodegroups = options.get('nodegroups');
  return isDict(nodegroups) ? { nodegroups } : {};
}
