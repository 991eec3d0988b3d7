import type { ModuleDescription } from '../kit/context.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import { describeArguments } from '../kit/describe-arguments.ts';

/** The documentation of a function or state, from its declaration: what `sys.doc` and `sys.argspec` show. */
export function describeFunction(declaration: Omit<FunctionDeclaration, 'run'>): ModuleDescription {
  return {
    name: declaration.name,
    summary: declaration.summary,
    examples: declaration.examples,
    arguments: describeArguments(declaration.args),
    ...(declaration.variadic === undefined ? {} : { variadic: declaration.variadic }),
    ...(declaration.ignoresOthers === true ? { ignoresOthers: true } : {}),
    ...(declaration.keywords === undefined ? {} : { keywords: declaration.keywords }),
  };
}
