import { AppError, createRunSecrets, parseMinionId, type MinionId } from '@brine/common';
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
    if (isOpen) return compiled.pillar;
    const secrets = createRunSecrets();
    secrets.learn(compiled.secrets, compiled.redactionKey);
    secrets.name(compiled.pillar);
    return secrets.redactor.value(compiled.pillar);
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

function requireAccepted(minion: string, accepted: readonly string[]): MinionId {
  const id = parseMinionId(minion);
  if (id !== undefined && accepted.includes(id)) return id;
  throw new AppError({ code: 'key-not-found', message: `'${minion}' is not the id of an accepted minion` });
}
