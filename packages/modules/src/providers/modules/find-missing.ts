import type { StateContext } from '../../kit/index.ts';

/** Those of the names that are no execution functions. */
export async function findMissing(names: readonly string[], context: StateContext): Promise<readonly string[]> {
  const known = await context.call('sys.list_functions').catch(() => null);
  return Array.isArray(known) ? names.filter((name) => !known.includes(name)) : [];
}
