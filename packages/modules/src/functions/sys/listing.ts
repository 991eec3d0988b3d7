import { matchGlob } from '@brine/common';
import { z } from 'zod';
import { flag, nullableValue, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

/** The renderers there are, and what each does. */
export const renderers: Readonly<Record<string, string>> = {
  gpg: 'Decrypts the values that are PGP messages, and keeps what comes out secret.',
  jinja: 'Renders a Jinja template; answers text.',
  json: 'Reads JSON.',
  nacl: 'Decrypts the values that are NACL[…], and keeps what comes out secret.',
  stateconf: 'Renders an SLS file with parameters, and names of its own for its states.',
  text: 'Answers the text as it is.',
  yaml: 'Reads YAML as PyYAML does.',
  yamlex: 'Reads YAML with !aggregate and !reset.',
};

const wanted = textList().describe('Modules, or patterns; all when none is given.');

export const listFunctions = defineFunction({
  name: 'sys.list_functions',
  ignoresOthers: true,
  summary: 'The names of functions, sorted.',
  args: z.object({ args: wanted }),
  variadic: 'args',
  examples: ["'*' sys.list_functions", "'*' sys.list_functions sys", "'*' sys.list_functions 'sys.list_*'"],
  run: ({ args }, { catalogue }) => selectFunctions(catalogue.functionNames(), args),
});

export const listModules = defineFunction({
  name: 'sys.list_modules',
  summary: 'The names of function modules, sorted.',
  args: z.object({ args: wanted }),
  variadic: 'args',
  examples: ["'*' sys.list_modules", "'*' sys.list_modules 's*'"],
  run: ({ args }, { catalogue }) => selectModules(catalogue.functionNames(), args),
});

export const listStateFunctions = defineFunction({
  name: 'sys.list_state_functions',
  ignoresOthers: true,
  summary: 'The names of state functions, sorted.',
  args: z.object({ args: wanted }),
  variadic: 'args',
  examples: ["'*' sys.list_state_functions", "'*' sys.list_state_functions file"],
  run: ({ args }, { catalogue }) => selectFunctions(catalogue.stateNames(), args),
});

export const listStateModules = defineFunction({
  name: 'sys.list_state_modules',
  summary: 'The names of state modules, sorted.',
  args: z.object({ args: wanted }),
  variadic: 'args',
  examples: ["'*' sys.list_state_modules", "'*' sys.list_state_modules 'mysql_*'"],
  run: ({ args }, { catalogue }) => selectModules(catalogue.stateNames(), args),
});

export const listRenderers = defineFunction({
  name: 'sys.list_renderers',
  summary: 'The names of renderers, sorted.',
  args: z.object({ args: textList().describe('Patterns; all when none is given.') }),
  variadic: 'args',
  examples: ["'*' sys.list_renderers"],
  run: ({ args }) =>
    Object.keys(renderers).filter((name) => args.length === 0 || args.some((pattern) => matchGlob(pattern, name))),
});

export const reloadModules = defineFunction({
  name: 'sys.reload_modules',
  summary: 'Answers true: all modules are built in and need no loading.',
  args: z.object({
    initial_load: withDefault(flag(), false).describe('Accepted for Salt.'),
    context: nullableValue().describe('Accepted for Salt.'),
  }),
  examples: ["'*' sys.reload_modules"],
  run: () => true,
});

function selectFunctions(all: readonly string[], patterns: readonly string[]): readonly string[] {
  const isWanted = (name: string): boolean =>
    patterns.length === 0 ||
    patterns.some((each) => (/[*.]/.test(each) ? matchGlob(each, name) : name.startsWith(`${each}.`)));
  return all.filter(isWanted).toSorted();
}

function selectModules(all: readonly string[], patterns: readonly string[]): readonly string[] {
  const modules = [...new Set(all.map((name) => name.slice(0, name.indexOf('.'))))].toSorted();
  return modules.filter((name) => patterns.length === 0 || patterns.some((each) => matchGlob(each, name)));
}
