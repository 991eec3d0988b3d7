import { AppError, createRunSecrets, parseMinionId, type MinionId, type Plain, type Value } from '@brine/common';
import type { MinionPillar } from '../pillar/pillar-service.ts';
import { flag, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** `pillar.show_pillar` */
export const showPillar = defineRunner({
  name: 'pillar.show_pillar',
  summary: 'The pillar of a minion, compiled with its grains as the master last heard of them.',
  args: z.object({
    minion: text().describe('The id of an accepted minion.'),
    saltenv: optional(text()).describe('The state environment to compile for.'),
    pillarenv: optional(text()).describe('The only pillar environment to use.'),
    show_secrets: withDefault(flag(), false).describe('Show decrypted values instead of their fingerprints.'),
  }),
  examples: ['pillar.show_pillar web1', 'pillar.show_pillar web1 show_secrets=True'],
  async run(
    { minion, saltenv: environment, pillarenv, show_secrets: isOpen },
    { pillar, directory, keys, revealSecrets },
  ) {
    if (isOpen) revealSecrets();
    const id = requireAccepted(minion, keys.acceptedIds());
    const compiled = await pillar.compile({
      minion: id,
      grains: directory.grainsOf(id),
      ...(environment === undefined ? {} : { saltenv: environment }),
      ...(pillarenv === undefined ? {} : { pillarenv }),
    });
    return isOpen ? compiled.pillar : hideSecrets(compiled);
  },
});

/** `pillar.show_top` */
export const showTop = defineRunner({
  name: 'pillar.show_top',
  summary: 'The merged pillar top files, rendered with the grains of a minion.',
  args: z.object({
    minion: optional(text()).describe('The id of an accepted minion; the first there is unless given.'),
    pillarenv: optional(text()).describe('The only pillar environment to use.'),
  }),
  examples: ['pillar.show_top', 'pillar.show_top web1'],
  async run({ minion, pillarenv }, { pillar, directory, keys }) {
    const accepted = keys.acceptedIds();
    const id = requireAccepted(minion ?? accepted[0] ?? '', accepted);
    const environment = pillarenv === undefined ? {} : { pillarenv };
    const top = await pillar.compile({ minion: id, grains: directory.grainsOf(id), wants: 'top', ...environment });
    return top.pillar;
  },
});

const cachedMinions = {
  minion: withDefault(text(), '*').describe('The minions, a glob over their ids.'),
  pillarenv: optional(text()).describe('The pillar environment; the whole pillar unless given.'),
};

/** `pillar.show_pillar_cache` */
export const showPillarCache = defineRunner({
  name: 'pillar.show_pillar_cache',
  summary: 'The pillars that are kept with `pillar_cache`, secrets as fingerprints; false when there is no such cache.',
  args: z.object({
    ...cachedMinions,
    show_secrets: withDefault(flag(), false).describe('Show decrypted values instead of their fingerprints.'),
  }),
  examples: ['pillar.show_pillar_cache', 'pillar.show_pillar_cache web1'],
  async run({ minion, pillarenv, show_secrets: isOpen }, { pillarCache, directory, revealSecrets }) {
    if (pillarCache === undefined) return false;
    if (isOpen) revealSecrets();
    const shown = new Map<Value, Plain>();
    for (const id of directory.match({ type: 'glob', expression: minion })) {
      const kept = (await pillarCache.show(id)).get(pillarenv ?? null);
      if (kept !== undefined) shown.set(id, isOpen ? kept.pillar : hideSecrets(kept));
    }
    return shown;
  },
});

/** `pillar.clear_pillar_cache` */
export const clearPillarCache = defineRunner({
  name: 'pillar.clear_pillar_cache',
  summary:
    'Forgets the pillars kept of minions with `pillar_cache`, of all environments; false when there is no such cache.',
  args: z.object({ minion: cachedMinions.minion }),
  examples: ['pillar.clear_pillar_cache', "pillar.clear_pillar_cache 'web*'"],
  async run({ minion }, { pillarCache, directory }) {
    if (pillarCache === undefined) return false;
    for (const id of directory.match({ type: 'glob', expression: minion })) await pillarCache.clear(id);
    return {};
  },
});

function hideSecrets({ pillar, secrets: texts, redactionKey }: MinionPillar): Plain {
  const secrets = createRunSecrets();
  secrets.learn(texts, redactionKey);
  secrets.name(pillar);
  return secrets.redactor.value(pillar);
}

function requireAccepted(minion: string, accepted: readonly string[]): MinionId {
  const id = parseMinionId(minion);
  if (id !== undefined && accepted.includes(id)) return id;
  throw new AppError({ code: 'key-not-found', message: `'${minion}' is not the id of an accepted minion` });
}
