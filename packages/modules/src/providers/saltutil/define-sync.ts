import { z } from 'zod';
import { anyValue, defineState, flag, isOk, optional, text, type StateDeclaration } from '../../kit/index.ts';

const syncArguments = z.object({
  name: text().describe('Any name.'),
  refresh: optional(flag()).describe('Accepted; there is nothing to load anew.'),
  saltenv: optional(anyValue()).describe('Accepted; nothing is fetched.'),
});

/** Declares `saltutil.sync_KIND`: modules that a tree ships are Python, which does not run here, so it has nothing to do. */
export function defineSync(kind: string): StateDeclaration<typeof syncArguments> {
  return defineState({
    name: `saltutil.sync_${kind}`,
    summary: 'Has nothing to do: modules that a tree ships are Python, which does not run here.',
    args: syncArguments,
    examples: [`sync_everything:\n  saltutil.sync_${kind}:\n    - refresh: true`],
    acceptsUnknown: true,
    check: () => Promise.resolve(isOk('No updates to sync')),
  });
}
