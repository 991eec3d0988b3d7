import { isDict, loadYaml, pythonStr, pythonTypeName, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, nullableValue, optional, text, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { valueAt } from '../value-at.ts';
import { isTruthy } from '../../kit/truth.ts';

/** Arguments that ask for the pillar of another environment. */
export const environmentArguments = {
  pillarenv: optional(text()).describe('Compile the pillar of this environment alone.'),
  saltenv: optional(text()).describe('Stands for pillarenv when `pillarenv_from_saltenv` is set.'),
};

const itemsArguments = {
  args: textList().describe('Names or paths; all of the pillar when none is given.'),
  pillar: optional(dict()).describe('Laid over the compiled pillar.'),
  ...environmentArguments,
};

export const items = defineFunction({
  name: 'pillar.items',
  ignoresOthers: true,
  summary: 'The pillar, compiled anew.',
  args: z.object(itemsArguments),
  variadic: 'args',
  examples: ["'*' pillar.items", "'*' pillar.items pillarenv=dev"],
  run: (args, context) => itemsOf(args, context),
});

export const data = defineFunction({
  name: 'pillar.data',
  ignoresOthers: true,
  summary: 'The same as `pillar.items`.',
  args: z.object(itemsArguments),
  variadic: 'args',
  examples: ["'*' pillar.data"],
  run: (args, context) => itemsOf(args, context),
});

export const ls = defineFunction({
  name: 'pillar.ls',
  summary: 'The top-level keys of the pillar.',
  args: z.object({ args: textList().describe('Names or paths to list only.') }),
  variadic: 'args',
  examples: ["'*' pillar.ls"],
  run: async ({ args }, context) =>
    Array.from((await itemsOf({ args, pillar: undefined, pillarenv: undefined, saltenv: undefined }, context)).keys()),
});

export const obfuscate = defineFunction({
  name: 'pillar.obfuscate',
  ignoresOthers: true,
  summary: 'The pillar with the type of each value in its place.',
  args: z.object(itemsArguments),
  variadic: 'args',
  examples: ["'*' pillar.obfuscate"],
  run: async (args, context) => showTypes(await itemsOf(args, context)),
});

export const ext = defineFunction({
  name: 'pillar.ext',
  summary: 'The pillar with one external pillar more, when `on_demand_ext_pillar` allows it.',
  args: z.object({
    external: nullableValue().describe('The external pillar: its name and configuration.'),
    pillar: optional(dict()).describe('Laid over the compiled pillar.'),
  }),
  examples: [`'*' pillar.ext '{libvirt: _}'`],
  run({ external, pillar }, context) {
    const wanted = typeof external === 'string' ? loadYaml(external).value : external;
    if (!isDict(wanted) || wanted.size !== 1)
      throw failure('pillar.ext takes one external pillar: {NAME: CONFIGURATION}');
    refuseUnlisted(pythonStr([...wanted.keys()][0] ?? ''), context.options.get('on_demand_ext_pillar'));
    return context.pillarSource.compile({ external: wanted, ...(pillar === undefined ? {} : { override: pillar }) });
  },
});

/** The pillar of an environment, compiled anew. */
export function compilePillar(
  context: FunctionContext,
  wanted: { readonly pillarenv?: string | undefined; readonly saltenv?: string | undefined; readonly override?: Dict },
): Promise<Dict> {
  const usesSaltenv = isTruthy(context.options.get('pillarenv_from_saltenv') ?? false);
  const configured = usesSaltenv
    ? (wanted.saltenv ?? context.options.get('saltenv'))
    : context.options.get('pillarenv');
  const environment = wanted.pillarenv ?? (typeof configured === 'string' ? configured : undefined);
  return context.pillarSource.compile({
    ...(environment === undefined ? {} : { pillarenv: environment }),
    ...(wanted.override === undefined ? {} : { override: wanted.override }),
  });
}

async function itemsOf(
  { args, pillar, pillarenv, saltenv }: z.infer<z.ZodObject<typeof itemsArguments>>,
  context: FunctionContext,
): Promise<Dict> {
  // With names Salt answers from the pillar of the run, as pillar.item does.
  if (args.length > 0) return new Map(args.map((path) => [path, valueAt(context.pillar, path, ':', '')]));
  return compilePillar(context, { pillarenv, saltenv, ...(pillar === undefined ? {} : { override: pillar }) });
}

function refuseUnlisted(name: string, allowed: Value | undefined): void {
  const names = Array.isArray(allowed) ? allowed.map(pythonStr) : ['libvirt', 'virtkey'];
  if (names.includes(name)) return;
  throw failure(`The external pillar '${name}' is not allowed on demand: see on_demand_ext_pillar.`);
}

function showTypes(value: Value): Value {
  if (Array.isArray(value)) return value.map(showTypes);
  if (isDict(value)) return new Map(Array.from(value, ([key, item]) => [key, showTypes(item)]));
  return `<${pythonTypeName(value)}>`;
}
