import { createRunSecrets, targetTypes, type MinionId, type Plain, type Target, type Value } from '@brine/common';
import { flag, oneOf, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

const tgtType = withDefault(oneOf(...targetTypes), 'glob').describe('How the target is read.');
const shown = { tgt: withDefault(text(), '*').describe('The minions; all unless given.'), tgt_type: tgtType };

/** `cache.grains` */
export const cachedGrains = defineRunner({
  name: 'cache.grains',
  summary: 'The grains of minions as the master last heard of them.',
  args: z.object(shown),
  examples: ["cache.grains 'web*'", 'cache.grains os:Debian tgt_type=grain'],
  run: (args, { directory }) => ofEach(args, directory, (id) => directory.grainsOf(id)),
});

/** `cache.pillar` */
export const cachedPillar = defineRunner({
  name: 'cache.pillar',
  summary: 'The pillar that minions were given last. Decrypted values are shown as fingerprints.',
  args: z.object({
    ...shown,
    show_secrets: withDefault(flag(), false).describe('Show decrypted values instead of their fingerprints.'),
  }),
  examples: ['cache.pillar', "cache.pillar 'web*'"],
  run(args, { directory, redactionKey, revealSecrets }) {
    if (args.show_secrets) revealSecrets();
    return ofEach(args, directory, (id) => {
      const kept = directory.kept.pillarOf(id);
      if (kept === undefined || args.show_secrets) return kept?.pillar;
      const secrets = createRunSecrets();
      secrets.learn(kept.secrets, redactionKey);
      secrets.name(kept.pillar);
      return secrets.redactor.value(kept.pillar);
    });
  },
});

/** `cache.pillar_version` */
export const cachedPillarVersion = defineRunner({
  name: 'cache.pillar_version',
  summary: 'The versions of the pillar that minions were given last; equal pillars have equal versions.',
  args: z.object(shown),
  examples: ["cache.pillar_version 'web*'"],
  run: (args, { directory }) => ofEach(args, directory, (id) => directory.kept.pillarOf(id)?.version),
});

/** `cache.mine` */
export const cachedMine = defineRunner({
  name: 'cache.mine',
  summary: 'What minions have put into the mine.',
  args: z.object(shown),
  examples: ['cache.mine', "cache.mine 'web*'"],
  run: (args, { directory }) => ofEach(args, directory, (id) => directory.kept.mineOf(id) ?? new Map()),
});

/** `cache.clear_pillar` */
export const clearPillar = clearRunner('cache.clear_pillar', 'the pillar', async (id, { kept }, cache) => {
  await kept.clear(id, 'pillar');
  await cache?.clear(id);
});

/** `cache.clear_grains` */
export const clearGrains = clearRunner('cache.clear_grains', 'the grains', async (id, directory) => {
  await directory.forgetGrains(id);
});

/** `cache.clear_mine` */
export const clearMine = clearRunner('cache.clear_mine', 'what they put into the mine', async (id, { kept }) => {
  await kept.clear(id, 'mine');
});

/** `cache.clear_all` */
export const clearAll = clearRunner('cache.clear_all', 'grains, pillar and mine', async (id, directory, cache) => {
  await directory.forget(id);
  await cache?.clear(id);
});

/** `cache.clear_mine_func` */
export const clearMineFunction = defineRunner({
  name: 'cache.clear_mine_func',
  summary: 'Takes one entry of minions out of the mine. Answers false when no target or entry is named.',
  args: z.object({
    tgt: optional(text()).describe('The minions.'),
    tgt_type: tgtType,
    clear_mine_func_flag: optional(text()).describe('The entry, as `network.interfaces`.'),
  }),
  examples: ["cache.clear_mine_func tgt='*' clear_mine_func_flag=network.interfaces"],
  async run({ tgt, tgt_type: type, clear_mine_func_flag: name }, { directory, mine }) {
    if (tgt === undefined || name === undefined) return false;
    for (const id of directory.match({ type, expression: tgt })) await mine.remove(id, name);
    return true;
  },
});

function clearRunner(
  name: string,
  what: string,
  clear: (id: MinionId, directory: MinionDirectory, cache: RunnerContext['pillarCache']) => Promise<void>,
): RunnerDeclaration {
  return defineRunner({
    name,
    summary: `Forgets ${what} of minions, as far as the master keeps it. Answers false without a target.`,
    args: z.object({ tgt: optional(text()).describe('The minions.'), tgt_type: tgtType }),
    examples: [`${name} 'web*'`],
    async run({ tgt, tgt_type: type }, { directory, pillarCache }: RunnerContext) {
      if (tgt === undefined) return false;
      for (const id of directory.match({ type, expression: tgt })) await clear(id, directory, pillarCache);
      return true;
    },
  });
}

function ofEach(
  { tgt, tgt_type: type }: { readonly tgt: string; readonly tgt_type: Target['type'] },
  directory: MinionDirectory,
  find: (id: MinionId) => Plain | undefined,
): Map<Value, Plain> {
  const found = directory.match({ type, expression: tgt }).map((id) => [id, find(id)] as const);
  return new Map(found.flatMap(([id, value]) => (value === undefined ? [] : [[id, value] as const])));
}
