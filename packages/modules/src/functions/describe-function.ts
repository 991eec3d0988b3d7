import { toValue, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import type { ArgumentDescription, ModuleDescription } from '../kit/context.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import { isOptional } from './bind-arguments.ts';

/** The documentation of a function, from its declaration: what `sys.doc` and `sys.argspec` show. */
export function describeFunction(declaration: FunctionDeclaration): ModuleDescription {
  return {
    name: declaration.name,
    summary: declaration.summary,
    examples: declaration.examples,
    arguments: describeArguments(declaration.args),
    ...(declaration.variadic === undefined ? {} : { variadic: declaration.variadic }),
    ...(declaration.keywords === undefined ? {} : { keywords: declaration.keywords }),
  };
}

/** The members of an argument schema, in order, with their defaults and descriptions. */
export function describeArguments(schema: z.ZodObject): readonly ArgumentDescription[] {
  return Object.entries(schema.shape).map(([name, member]) => {
    const field = member as z.ZodType;
    const fallback = defaultOf(field);
    return {
      name,
      required: !isOptional(field),
      ...(fallback === undefined ? {} : { default: fallback }),
      description: field.description ?? '',
    };
  });
}

function defaultOf(field: z.ZodType): Value | undefined {
  const parsed = field.safeParse(undefined);
  if (!parsed.success) return undefined;
  return parsed.data === undefined ? null : toValue(parsed.data as Plain);
}
