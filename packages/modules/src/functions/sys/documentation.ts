import { matchGlob, type Plain } from '@brine/common';
import { z } from 'zod';
import { text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext, ModuleDescription } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';

const names = textList().describe('Modules, functions or patterns; all when none is given.');

export const doc = defineFunction({
  name: 'sys.doc',
  summary: 'The documentation of functions.',
  args: z.object({ args: names }),
  variadic: 'args',
  examples: ["'*' sys.doc", "'*' sys.doc sys", "'*' sys.doc sys.doc"],
  run: ({ args }, { catalogue }) =>
    describeAll(selectDocumented(catalogue.functionNames(), args), (name) => catalogue.describeFunction(name)),
});

export const stateDoc = defineFunction({
  name: 'sys.state_doc',
  summary: 'The documentation of states.',
  args: z.object({ args: names }),
  variadic: 'args',
  examples: ["'*' sys.state_doc", "'*' sys.state_doc service", "'*' sys.state_doc service.running"],
  run: ({ args }, { catalogue }) =>
    describeAll(selectDocumented(catalogue.stateNames(), args), (name) => catalogue.describeState(name)),
});

export const argspec = defineFunction({
  name: 'sys.argspec',
  summary: 'The arguments of functions.',
  args: z.object({ module: withDefault(text(), '').describe('A module, a function, or a pattern.') }),
  examples: ["'*' sys.argspec pkg.install", "'*' sys.argspec sys", "'*' sys.argspec"],
  run: ({ module }, context) => specifyAll(context, 'functions', module),
});

export const stateArgspec = defineFunction({
  name: 'sys.state_argspec',
  summary: 'The arguments of states.',
  args: z.object({ module: withDefault(text(), '').describe('A module, a state function, or a pattern.') }),
  examples: ["'*' sys.state_argspec pkg.installed", "'*' sys.state_argspec file"],
  run: ({ module }, context) => specifyAll(context, 'states', module),
});

type Describe = (name: string) => Promise<ModuleDescription | undefined>;

async function describeAll(chosen: readonly string[], describe: Describe): Promise<Plain> {
  const descriptions = await Promise.all(chosen.map(describe));
  return Object.fromEntries(descriptions.filter((each) => each !== undefined).map((each) => [each.name, asText(each)]));
}

function asText(description: ModuleDescription): string {
  const documented = description.arguments.map((argument) => {
    const fallback = argument.required ? '' : ` (default: ${JSON.stringify(argument.default ?? null)})`;
    return `${argument.name}\n    ${argument.description}${fallback}\n`;
  });
  const examples = description.examples.map(
    (example) => `    ${example.startsWith("'") ? `salt ${example}` : example}`,
  );
  return [description.summary, '', ...documented, 'CLI Example:', '', ...examples, ''].join('\n');
}

function selectDocumented(all: readonly string[], wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return all;
  return all.filter((name) => wanted.some((each) => isMeant(name, each)));
}

/** Whether a name is one that is asked for: itself, its module, or a pattern. */
export function isMeant(name: string, wanted: string): boolean {
  if (wanted.includes('*')) return matchGlob(wanted, name);
  return name === wanted || name.startsWith(wanted.endsWith('.') ? wanted : `${wanted}.`);
}

async function specifyAll(
  { catalogue }: FunctionContext,
  kind: 'functions' | 'states',
  module: string,
): Promise<Plain> {
  const all = kind === 'functions' ? catalogue.functionNames() : catalogue.stateNames();
  const describe: Describe = (name) =>
    kind === 'functions' ? catalogue.describeFunction(name) : catalogue.describeState(name);
  const chosen = module === '' ? all : all.filter((name) => isMeant(name, module));
  const descriptions = await Promise.all(chosen.map(describe));
  return Object.fromEntries(
    descriptions.filter((each) => each !== undefined).map((each) => [each.name, specify(each)]),
  );
}

function specify(description: ModuleDescription): Plain {
  const special = [description.variadic, description.keywords];
  const positional = description.arguments.filter(({ name }) => !special.includes(name));
  // Defaults stand for the last arguments, so a required one after an optional one has `null`.
  const firstOptional = positional.findIndex(({ required }) => !required);
  const defaults = firstOptional === -1 ? [] : positional.slice(firstOptional).map((each) => each.default ?? null);
  return {
    args: positional.length === 0 ? null : positional.map(({ name }) => name),
    defaults: defaults.length === 0 ? null : defaults,
    varargs: description.variadic === undefined ? null : true,
    kwargs: description.keywords === undefined && description.ignoresOthers !== true ? null : true,
  };
}
