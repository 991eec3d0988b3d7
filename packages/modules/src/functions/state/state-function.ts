import { isDict, pythonStr, type Dict, type Value, type StateRequestKind } from '@brine/common';
import { z } from 'zod';
import { dict } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

/** An argument of any kind that the state engine reads itself. */
export function passedOn(description: string): z.ZodType<Value | undefined> {
  return z.custom<Value | undefined>().meta({ expected: 'a value' }).describe(description);
}

/** The arguments every state run takes. */
export const runArguments = {
  test: passedOn('Foretell only; `test` of the configuration unless given.'),
  queue: passedOn('Wait for a state run that is under way instead of refusing.'),
  concurrent: passedOn('Run beside a state run that is under way.'),
  saltenv: passedOn('The environment of the states.'),
  pillarenv: passedOn('Compile the pillar of this environment alone.'),
  pillar: passedOn('A dictionary laid over the pillar.'),
};

const kwargs = { kwargs: dict().describe('Further arguments of the run, as Salt names them.') };

/** What tells one entry point of the state engine from another. */
export interface StateFunction {
  readonly kind: StateRequestKind;
  readonly summary: string;
  /** Its arguments in positional order, beside {@link runArguments}. */
  readonly args: Readonly<Record<string, z.ZodType>>;
  readonly examples: readonly string[];
  /** How its answer is shown, unless nested; Salt shows what `state.high` and `state.low` answer nested. */
  readonly outputter?: 'highstate';
}

/** Declares the execution function of an entry point of the state engine. */
export function stateFunction(wanted: StateFunction): FunctionDeclaration {
  return defineFunction({
    name: `state.${wanted.kind}`,
    summary: wanted.summary,
    args: z.object({ ...wanted.args, ...runArguments, ...kwargs }),
    keywords: 'kwargs',
    examples: wanted.examples,
    ...(wanted.outputter === undefined ? {} : { outputter: wanted.outputter }),
    run: (args, context) => requestStates(context, wanted.kind, toKeywords(args)),
  });
}

/** Declares a function that marks, lists or clears something and takes no arguments of a run. */
export function controlFunction(wanted: Omit<StateFunction, 'outputter'>): FunctionDeclaration {
  return defineFunction({
    name: `state.${wanted.kind}`,
    summary: wanted.summary,
    args: z.object({ ...wanted.args }),
    examples: wanted.examples,
    run: (args, context) => requestStates(context, wanted.kind, toKeywords(args)),
  });
}

/** Hands a request to the state engine and takes over its exit status. */
export async function requestStates(context: FunctionContext, kind: StateRequestKind, keyword: Dict): Promise<Value> {
  if (context.states === undefined) throw failure(`state.${kind} cannot be called from here.`);
  const answer = await context.states.run({ kind, positional: [], keyword });
  if (answer.retcode !== 0) context.setRetcode(answer.retcode);
  return answer.value;
}

/** The arguments that were given, under Salt's names. */
export function toKeywords(args: Readonly<Record<string, unknown>>): Dict {
  const keywords: Dict = new Map();
  for (const [name, value] of Object.entries(args)) {
    if (name === 'kwargs' || value === undefined) continue;
    keywords.set(name, value as Value);
  }
  const rest = args['kwargs'];
  if (rest instanceof Map) for (const [name, value] of rest as Dict) keywords.set(name, value);
  return keywords;
}

/** The names in `mods`, given as a list, as one text with commas, or not at all. */
export function modNames(mods: Value | undefined): readonly string[] {
  if (mods === undefined || mods === null || isDict(mods)) return [];
  if (Array.isArray(mods)) return mods.flatMap((name) => (isDict(name) ? [...name.values()] : [name])).map(pythonStr);
  return pythonStr(mods)
    .split(',')
    .map((name) => name.trim());
}

/** Why the disabled ones among some states may not run; empty when none is disabled. */
export function disabledProblems(names: readonly string[], grains: Dict): readonly string[] {
  const disabled = grains.get('state_runs_disabled');
  if (!Array.isArray(disabled)) return [];
  return names.flatMap((name) => disabled.map(pythonStr).flatMap((entry) => describeDisabled(name, entry)));
}

function describeDisabled(name: string, entry: string): readonly string[] {
  if (entry.includes('.*')) {
    const prefix = `${entry.split('.')[0] ?? ''}.`;
    if (!name.startsWith(prefix)) return [];
    return [`The state file "${name}" is currently disabled by "${entry}", to re-enable, run state.enable ${entry}.`];
  }
  return entry === name
    ? [`The state file "${name}" is currently disabled, to re-enable, run state.enable ${name}.`]
    : [];
}
