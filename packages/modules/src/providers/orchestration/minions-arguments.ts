import { AppError, pythonStr, returnNames, targetTypes, type Dict, type Target, type Value } from '@brine/common';
import {
  anyValue,
  dict,
  either,
  flag,
  integer,
  number,
  oneOf,
  optional,
  text,
  textList,
  unsupported,
} from '../../kit/index.ts';
import type { MinionsCall } from '../../kit/orchestration.ts';

/** The arguments that `salt.state` and `salt.function` have in common. */
export const minionsArguments = {
  tgt: either(text(), textList()).describe('Which minions.'),
  ssh: unsupported('there is no salt-ssh'),
  tgt_type: optional(oneOf(...targetTypes)).describe('How the target is read: `glob`, `list`, `grain`, …'),
  expr_form: optional(oneOf(...targetTypes)).describe('The older name of `tgt_type`.'),
  ret: optional(either(text(), textList())).describe('Returners the minions hand their returns to, beside the master.'),
  ret_config: optional(text()).describe('Which of their settings these returners use.'),
  ret_kwargs: optional(dict()).describe('Settings of these returners, in place of configured ones.'),
  fail_minions: optional(anyValue()).describe('Minions that may fail: a list, or a text with commas.'),
  timeout: optional(number()).describe('Seconds in which a minion must have taken the job.'),
  batch: optional(either(integer(), text())).describe('So many minions at a time, or a share of them: `3`, `25%`.'),
  subset: optional(integer()).describe('Only so many of the minions, drawn at random.'),
  failhard: optional(flag()).describe('A minion that fails ends a run in batches, and this step the orchestration.'),
  roster: unsupported('there is no salt-ssh'),
};

/** What of those arguments says how a job is run. */
export interface MinionsTerms {
  readonly tgt: string | readonly string[];
  readonly tgt_type?: Target['type'] | undefined;
  readonly expr_form?: Target['type'] | undefined;
  readonly timeout?: number | undefined;
  readonly batch?: string | number | undefined;
  readonly subset?: number | undefined;
  readonly failhard?: boolean | undefined;
  readonly ret?: string | readonly string[] | undefined;
  readonly ret_config?: string | undefined;
  readonly ret_kwargs?: Dict | undefined;
}

/** The call that the arguments of a step mean. */
export function toMinionsCall(
  terms: MinionsTerms,
  { options, ...call }: { readonly options: Dict } & Pick<MinionsCall, 'fun' | 'positional' | 'keyword'>,
): MinionsCall {
  const { timeout, batch, subset, failhard } = terms;
  if (batch !== undefined && subset !== undefined) {
    throw new AppError({ code: 'orchestration-argument', message: "'batch' and 'subset' cannot be given together" });
  }
  return {
    ...call,
    target: targetOf(terms),
    ...(timeout === undefined ? {} : { timeout }),
    ...(batch === undefined ? {} : { batch: pythonStr(batch) }),
    ...(subset === undefined ? {} : { subset }),
    ...returnersOf(terms),
    failhard: failhard ?? options.get('failhard') === true,
  };
}

function returnersOf({ ret, ret_config: config, ret_kwargs: kwargs }: MinionsTerms): Pick<MinionsCall, 'returners'> {
  const names = returnNames(typeof ret === 'object' ? [...ret] : ret);
  if (names.length === 0) {
    if (config === undefined && kwargs === undefined) return {};
    const message = "'ret_config' and 'ret_kwargs' need returners, which 'ret' names";
    throw new AppError({ code: 'orchestration-argument', message });
  }
  return {
    returners: {
      names,
      ...(config === undefined ? {} : { config }),
      ...(kwargs === undefined ? {} : { kwargs }),
    },
  };
}

/** The target that a step names. */
export function targetOf({ tgt, tgt_type: type, expr_form: older }: MinionsTerms): Target {
  const isList = typeof tgt !== 'string';
  return { type: type ?? older ?? (isList ? 'list' : 'glob'), expression: isList ? tgt.join(',') : tgt };
}

/** What Salt takes and does nothing with is told of. */
export function warnOfUnknown(unknown: Dict, name: string): readonly string[] {
  return [...unknown.keys()].map((key) => `'${pythonStr(key)}' is not an argument of ${name}. Ignored.`);
}

/** `fail_minions`, and what is wrong with it. */
export function readFailMinions(value: Value | undefined): {
  readonly mayFail: ReadonlySet<string>;
  readonly warnings: readonly string[];
} {
  if (value === undefined || value === null) return { mayFail: new Set(), warnings: [] };
  if (Array.isArray(value)) return { mayFail: new Set(value.map(pythonStr)), warnings: [] };
  if (typeof value === 'string') {
    return { mayFail: new Set(value.split(',').map((name) => name.trim())), warnings: [] };
  }
  const warning = "'fail_minions' needs to be a list or a comma separated string. Ignored.";
  return { mayFail: new Set(), warnings: [warning] };
}
