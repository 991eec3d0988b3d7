import { functionTable } from '@brine/modules';
import type { CallParts } from './call-parts.ts';
import { createTemplates, type Templates } from './templates.ts';

/** What renders in a call, wired to its tree, its functions and its pillar. */
export async function createCallTemplates(parts: CallParts): Promise<Templates> {
  const { files } = await parts.tree();
  return createTemplates({
    files,
    request: parts.request,
    keepSecret: parts.keepSecret,
    host: parts.host,
    call: parts.callNested,
    has: (name) => Object.hasOwn(functionTable, name),
    context: async () => ({
      grains: await parts.grains.current(),
      pillar: await parts.pillar.current(),
      options: parts.options(),
    }),
  });
}
