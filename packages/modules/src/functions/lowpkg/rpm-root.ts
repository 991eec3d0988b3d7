import { absolutePath, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';

/** Where rpm looks for its database and the files of packages, instead of `/`. */
export const rpmRoot = optional(absolutePath()).describe('On rpm: the root of another system below this one.');

/** The same surroundings, but with every question to rpm asked below a root. */
export function belowRoot(context: FunctionContext, root: string | undefined): FunctionContext {
  if (root === undefined) return context;
  const { host } = context;
  const inspect: typeof host.inspect = (request) => {
    const [program, ...words] = Array.isArray(request.command) ? (request.command as readonly string[]) : [];
    return host.inspect(program === 'rpm' ? { ...request, command: ['rpm', '--root', root, ...words] } : request);
  };
  return { ...context, host: { ...host, inspect } };
}
