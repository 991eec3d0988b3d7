import type { Value } from '@brine/common';
import { z } from 'zod';
import { dict } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  disabledProblems,
  modNames,
  passedOn,
  requestStates,
  runArguments,
  stateFunction,
  toKeywords,
} from './state-function.ts';

const kwargs = dict().describe('Further arguments of the run, as Salt names them.');
const mods = passedOn('Names of SLS files: a list, or one text with commas.');
const exclude = passedOn('Ids or SLS files to leave out.');
const localconfig = passedOn('Path of a file with minion options for this run.');

export const apply = defineFunction({
  name: 'state.apply',
  summary: 'Applies the given SLS files, or without any the highstate.',
  args: z.object({ mods, exclude, localconfig, ...runArguments, kwargs }),
  keywords: 'kwargs',
  outputter: 'highstate',
  examples: ["'*' state.apply", "'*' state.apply webserver test=True"],
  run: (args, context) => applyStates(args, context),
});

export const test = defineFunction({
  name: 'state.test',
  summary: 'Foretells what `state.apply` would do.',
  args: z.object({ mods, exclude, localconfig, ...runArguments, kwargs }),
  keywords: 'kwargs',
  outputter: 'highstate',
  examples: ["'*' state.test webserver"],
  run: (args, context) => applyStates({ ...args, test: true }, context),
});

// `test` and `exclude` come first by position.
const { test: foretells, ...otherRunArguments } = runArguments;
const inSaltsOrder = { test: foretells, exclude, ...otherRunArguments };

export const sls = defineFunction({
  name: 'state.sls',
  summary: 'Applies the given SLS files.',
  args: z.object({ mods, ...inSaltsOrder, localconfig, kwargs }),
  keywords: 'kwargs',
  outputter: 'highstate',
  examples: ["'*' state.sls core,edit.vim dev"],
  run: (args, context) => refuseDisabled(args.mods, context) ?? requestStates(context, 'sls', toKeywords(args)),
});

export const highstate = defineFunction({
  name: 'state.highstate',
  summary: 'Applies what the top file gives this minion.',
  args: z.object({ ...runArguments, exclude, localconfig, kwargs }),
  keywords: 'kwargs',
  outputter: 'highstate',
  examples: ["'*' state.highstate", "'*' state.highstate exclude=sls_to_exclude"],
  run: (args, context) =>
    refuseDisabledNames(['highstate'], context) ?? requestStates(context, 'highstate', toKeywords(args)),
});

export const top = stateFunction({
  kind: 'top',
  summary: 'Applies what another top file gives this minion.',
  args: { topfn: passedOn('Name of the top file.') },
  examples: ["'*' state.top reverse_top.sls"],
  outputter: 'highstate',
});

export const slsId = stateFunction({
  kind: 'sls_id',
  summary: 'Applies one state id out of SLS files, with what it requires.',
  args: { id_: passedOn('The state id.'), mods },
  examples: ["'*' state.sls_id my_state my_module"],
  outputter: 'highstate',
});

export const single = stateFunction({
  kind: 'single',
  summary: 'Applies one state function.',
  args: { fun: passedOn('The state function, e.g. `pkg.installed`.'), name: passedOn('The name of the state.') },
  examples: ["'*' state.single pkg.installed name=vim"],
  outputter: 'highstate',
});

export const high = stateFunction({
  kind: 'high',
  summary: 'Applies high data.',
  args: { data: passedOn('The high data.') },
  examples: [`'*' state.high '{"vim": {"pkg": ["installed"]}}'`],
});

export const low = stateFunction({
  kind: 'low',
  summary: 'Applies one low chunk.',
  args: { data: passedOn('The low chunk.') },
  examples: [`'*' state.low '{"state": "pkg", "fun": "installed", "name": "vi"}'`],
});

export const template = stateFunction({
  kind: 'template',
  summary: 'Applies the states of a file on this minion.',
  args: { tem: passedOn('Path of the file.') },
  examples: ["'*' state.template /tmp/states.sls"],
  outputter: 'highstate',
});

export const templateStr = stateFunction({
  kind: 'template_str',
  summary: 'Applies the states of a text.',
  args: { tem: passedOn('The text.') },
  examples: [`'*' state.template_str '{vim: {pkg: [installed]}}'`],
  outputter: 'highstate',
});

export const checkRunning = defineFunction({
  name: 'state.running',
  summary: 'The state runs under way, in words; an empty list when there is none.',
  args: z.object({ concurrent: passedOn('Accepted for Salt: runs that were started concurrently are told too.') }),
  examples: ["'*' state.running"],
  run: (args, context) => requestStates(context, 'running', toKeywords(args)),
});

type ApplyArguments = Readonly<Record<string, unknown>> & { readonly mods: Value | undefined };

async function applyStates(args: ApplyArguments, context: FunctionContext): Promise<Value> {
  const wanted = modNames(args.mods);
  if (wanted.length === 0) {
    return refuseDisabledNames(['highstate'], context) ?? requestStates(context, 'apply', toKeywords(args));
  }
  return refuseDisabled(args.mods, context) ?? requestStates(context, 'apply', toKeywords(args));
}

function refuseDisabled(wanted: Value | undefined, context: FunctionContext): Value | undefined {
  return refuseDisabledNames(modNames(wanted), context);
}

function refuseDisabledNames(wanted: readonly string[], context: FunctionContext): Value | undefined {
  const problems = disabledProblems(wanted, context.grains);
  if (problems.length === 0) return undefined;
  context.setRetcode(1);
  return [...problems];
}
