import type { Plain } from '@brine/common';
import type { z } from 'zod';
import type { FunctionContext } from './context.ts';

/** One execution function, declared. */
export interface FunctionDeclaration<Schema extends z.ZodObject = z.ZodObject> {
  /** As called: `test.ping`. */
  readonly name: string;
  readonly summary: string;
  /** Members in positional order. */
  readonly args: Schema;
  /** Command lines that show its use, without the program: `'*' test.ping`. */
  readonly examples: readonly string[];
  run(args: z.infer<Schema>, context: FunctionContext): Promise<Plain> | Plain;
  /** The member that takes the positional arguments left over (Salt's `*args`); those after it go by keyword only. */
  readonly variadic?: string;
  /** The member that takes unknown keyword arguments as a dict (Salt's `**kwargs`); refused when absent. */
  readonly keywords?: string;
  /** Whether keyword arguments that it does not have are left out, with a warning, as Salt leaves them out. */
  readonly ignoresOthers?: boolean;
  /** The outputter the answer is shown with, e.g. `highstate`. */
  readonly outputter?: string;
}

/** Declares an execution function; the identity, typed. */
export function defineFunction<Schema extends z.ZodObject>(
  declaration: FunctionDeclaration<Schema>,
): FunctionDeclaration<Schema> {
  return declaration;
}
