import { AppError, createRunSecrets, parseMinionId, type MinionId, type Plain, type Value } from '@brine/common';
import { flag, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

const saltenv = { saltenv: withDefault(text(), 'base').describe('The environment to list.') };

/** `fileserver.envs` */
export const environments = defineRunner({
  name: 'fileserver.envs',
  summary: 'The environments that the file server serves.',
  args: z.object({}),
  examples: ['fileserver.envs'],
  run: async (_args, { files }) => [...(await files.environments())],
});

/** `fileserver.file_list` */
export const fileList = defineRunner({
  name: 'fileserver.file_list',
  summary: 'The files of an environment.',
  args: z.object(saltenv),
  examples: ['fileserver.file_list', 'fileserver.file_list saltenv=dev'],
  run: async (args, { files }) => [...(await files.manifest(args.saltenv)).files],
});

/** `fileserver.dir_list` */
export const directoryList = defineRunner({
  name: 'fileserver.dir_list',
  summary: 'The directories of an environment.',
  args: z.object(saltenv),
  examples: ['fileserver.dir_list'],
  run: async (args, { files }) => [...(await files.manifest(args.saltenv)).directories],
});

/** `fileserver.empty_dir_list` */
export const emptyDirectoryList = defineRunner({
  name: 'fileserver.empty_dir_list',
  summary: 'The empty directories of an environment.',
  args: z.object(saltenv),
  examples: ['fileserver.empty_dir_list'],
  run: async (args, { files }) => [...(await files.manifest(args.saltenv)).emptyDirectories],
});

/** `fileserver.symlink_list` */
export const symlinkList = defineRunner({
  name: 'fileserver.symlink_list',
  summary: 'The symlinks of an environment and where they lead.',
  args: z.object(saltenv),
  examples: ['fileserver.symlink_list'],
  run: async (args, { files }) => new Map<Value, Plain>((await files.manifest(args.saltenv)).symlinks),
});

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
  async run({ minion, saltenv: environment, pillarenv, show_secrets: isOpen }, { pillar, directory, keys }) {
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

/** `cache.grains` */
export const cachedGrains = defineRunner({
  name: 'cache.grains',
  summary: 'The grains of minions as the master last heard of them.',
  args: z.object({ tgt: withDefault(text(), '*').describe('A glob over minion ids.') }),
  examples: ["cache.grains 'web*'"],
  run: ({ tgt }, { directory }) =>
    new Map<Value, Plain>(directory.match({ type: 'glob', expression: tgt }).map((id) => [id, directory.grainsOf(id)])),
});

function requireAccepted(minion: string, accepted: readonly string[]): MinionId {
  const id = parseMinionId(minion);
  if (id !== undefined && accepted.includes(id)) return id;
  throw new AppError({ code: 'key-not-found', message: `'${minion}' is not the id of an accepted minion` });
}
