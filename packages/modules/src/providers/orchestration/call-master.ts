import { isDict, type Applied, type Dict, type Plain, type Value } from '@brine/common';
import { dict, optional, text, valueList, willChange, type StateContext } from '../../kit/index.ts';
import type { MasterFunctionCall } from '../../kit/orchestration.ts';
import { notHere } from './not-here.ts';

/** The arguments of `salt.runner` and `salt.wheel`; all others go to the function. */
export const masterCallArguments = {
  name: text().describe('The function.'),
  arg: optional(valueList()).describe('Its positional arguments.'),
  kwarg: optional(dict()).describe('Its arguments by name; they may also stand beside this one.'),
};

interface Args {
  readonly name: string;
  readonly arg?: Value[] | undefined;
  readonly kwarg?: Dict | undefined;
}

/** The look of a state that runs a function of the master. */
export function checkMasterCall(kind: MasterFunctionCall['kind']) {
  const title = kind === 'runner' ? 'Runner' : 'Wheel';
  return async ({ name, arg = [], kwarg = new Map() }: Args, context: StateContext) => {
    const { orchestration, unknownArguments } = context;
    if (orchestration === undefined) return notHere();
    const keyword: Dict = new Map([...kwarg, ...unknownArguments]);
    const pending = { comment: `${title} function '${name}' would be executed.`, changes: {} };
    return willChange(pending, async (): Promise<Applied> => {
      const { jid, value, isSuccess } = await orchestration.runOnMaster({ kind, fun: name, positional: arg, keyword });
      const isGood = isSuccess && !(isDict(value) && value.has('Error'));
      const changes: { readonly [key: string]: Plain } = { return: value };
      return {
        comment: `${title} function '${name}' ${isGood ? 'executed' : 'failed'}.`,
        changes,
        ...(isGood ? {} : { failed: true }),
        ...(jid === undefined ? {} : { extra: { __jid__: jid } }),
      };
    });
  };
}
