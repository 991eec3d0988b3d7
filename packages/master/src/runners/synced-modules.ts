import type { Plain } from '@brine/common';
import { commaList, optional, withDefault, anyValue } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

/** Kinds of modules that a tree can ship for the master, by Salt's name, and the folder where that is not `_KIND`. */
const kinds: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['cache', 'clouds', 'engines', 'executors', 'fileserver', 'grains', 'modules', 'output', 'pillar', 'queues'],
      ...[
        'renderers',
        'returners',
        'roster',
        'runners',
        'sdb',
        'serializers',
        'states',
        'thorium',
        'tops',
        'utils',
        'wheel',
      ],
    ].map((kind) => [kind, `_${kind}`]),
  ),
  eauth_tokens: '_tokens',
  proxymodules: '_proxy',
};

const args = z.object({
  saltenv: withDefault(commaList(), ['base']).describe('The environments.'),
  extmod_whitelist: optional(anyValue()).describe('Accepted for Salt; there is nothing to choose from.'),
  extmod_blacklist: optional(anyValue()).describe('Accepted for Salt; there is nothing to choose from.'),
});

/** `saltutil.sync_all` and those of one kind: modules that a tree ships are Python, so that nothing is ever fetched. */
export const syncRunners: readonly RunnerDeclaration[] = [
  ...Object.entries(kinds).map(([kind, folder]) =>
    defineRunner({
      name: `saltutil.sync_${kind}`,
      summary: `What the master took over from salt://${folder}: nothing, for such modules are Python. The log names them.`,
      args,
      examples: [`saltutil.sync_${kind}`, `saltutil.sync_${kind} saltenv=base,dev`],
      async run({ saltenv }, context) {
        await warnOfModules(saltenv, [folder], context);
        return [];
      },
    }),
  ),
  defineRunner({
    name: 'saltutil.sync_all',
    summary:
      'What the master took over of the modules a tree ships, by kind: nothing, for they are Python. The log names them.',
    args,
    examples: ['saltutil.sync_all', 'saltutil.sync_all saltenv=dev'],
    async run({ saltenv }, context) {
      await warnOfModules(saltenv, Object.values(kinds), context);
      const nameOf = (kind: string): string => (kind === 'eauth_tokens' ? 'tokens' : kind);
      return Object.fromEntries(Object.keys(kinds).map((kind): [string, Plain] => [nameOf(kind), []]));
    },
  }),
];

// A tree that ships Python would otherwise fail later, far from the reason.
async function warnOfModules(
  saltenvs: readonly string[],
  folders: readonly string[],
  { files, logger }: RunnerContext,
): Promise<void> {
  for (const saltenv of saltenvs) {
    const manifest = await files.manifest(saltenv);
    const found = manifest.files.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
    if (found.length > 0) logger.warn('modules of the tree are python and are not loaded', { saltenv, files: found });
  }
}
