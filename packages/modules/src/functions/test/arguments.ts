import { pythonRepr, pythonTypeName, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, valueList } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

const anything = {
  args: valueList().describe('Any positional arguments.'),
  kwargs: dict().describe('Any keyword arguments.'),
};

export const arg = defineFunction({
  name: 'test.arg',
  summary: 'Answers the arguments it is given.',
  args: z.object(anything),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ["'*' test.arg 1 'two' 3.1 txt='hello' wow='{a: 1, b: \"hello\"}'"],
  run: (given) => given,
});

export const argClean = defineFunction({
  name: 'test.arg_clean',
  summary: 'Answers the arguments it is given, without those a publisher adds for its own use.',
  args: z.object(anything),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ["'*' test.arg_clean 1 'two' 3.1 txt='hello'"],
  run: (given) => given,
});

export const kwarg = defineFunction({
  name: 'test.kwarg',
  summary: 'Answers the keyword arguments it is given.',
  args: z.object({ kwargs: dict().describe('Any keyword arguments.') }),
  keywords: 'kwargs',
  examples: ["'*' test.kwarg num=1 txt='two' env='{a: 1, b: \"hello\"}'"],
  run: ({ kwargs }) => kwargs,
});

export const argType = defineFunction({
  name: 'test.arg_type',
  summary: 'The type of each argument, in the words of Python.',
  args: z.object(anything),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ["'*' test.arg_type 1 'int'"],
  run: ({ args, kwargs }) => ({ args: args.map(describeType), kwargs: mapValues(kwargs, describeType) }),
});

export const argRepr = defineFunction({
  name: 'test.arg_repr',
  summary: 'The arguments as Python writes them.',
  args: z.object(anything),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ["'*' test.arg_repr 1 'two' 3.1"],
  run: ({ args, kwargs }) => ({ args: tupleRepr(args), kwargs: pythonRepr(kwargs) }),
});

function describeType(value: Value): string {
  return `<class '${pythonTypeName(value)}'>`;
}

function mapValues(dictionary: Dict, convert: (value: Value) => Value): Dict {
  return new Map(Array.from(dictionary, ([key, value]) => [key, convert(value)]));
}

function tupleRepr(items: readonly Value[]): string {
  return `(${items.map(pythonRepr).join(', ')}${items.length === 1 ? ',' : ''})`;
}
