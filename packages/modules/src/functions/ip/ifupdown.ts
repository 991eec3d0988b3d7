import { lineText } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';

/** The argument that names an interface. */
export const iface = lineText()
  .refine((name) => /^[\w.:][\w.:-]{0,14}$/.test(name), 'must be the name of an interface')
  .describe('Name of the interface.');

/** Throws on a minion whose interfaces are not kept by ifupdown. */
export function requireIfupdown({ grains }: Pick<FunctionContext, 'grains'>): void {
  if (grains.get('os_family') !== 'Debian')
    throw failure('ip.* knows the files of ifupdown, which this minion does not have.');
}
