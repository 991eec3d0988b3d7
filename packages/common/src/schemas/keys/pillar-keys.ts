import { listSchema, choice, count, flag, list, optionalText, text, texts } from '../config-types.ts';

/** Keys about how pillar is compiled. */
export const pillarKeys = {
  pillar_source_merging_strategy: choice(
    ['smart', 'recurse', 'aggregate', 'overwrite', 'list', 'none'],
    'smart',
    'How pillar from several files becomes one.',
  ),
  pillar_merge_lists: flag(false, 'Whether lists in several pillar files are joined, instead of replaced.'),
  pillar_includes_override_sls: flag(false, 'Whether an included pillar file goes before the one that includes it.'),
  pillar_safe_render_error: flag(true, 'Whether minions are told only that, not how, a pillar file failed.'),
  pillar_raise_on_missing: flag(false, 'Whether `pillar.get` of a missing key without default is an error.'),
  pillar_cache: flag(false, 'Whether the master keeps compiled pillars, and uses them instead of compiling anew.'),
  pillar_cache_ttl: count(3600, 'Seconds for which a kept pillar is used.'),
  pillar_cache_backend: choice(['disk', 'memory'], 'disk', 'Whether pillars are kept on disk, sealed, or in memory.'),
  pillar_opts: flag(false, 'Whether the master’s configuration is part of pillar, as `master`.'),
  ext_pillar: list('Sources of further pillar, each a mapping of its name to its configuration.'),
  ext_pillar_first: flag(false, 'Whether external pillar comes before the pillar files, which then see it.'),
  on_demand_ext_pillar: texts(['libvirt', 'virtkey'], 'External pillar that minions may ask for by itself.'),
  decrypt_pillar: listSchema
    .default(() => [])
    .meta({ type: 'a list of paths, or of mappings of a path to a renderer', description: 'Pillar keys to decrypt.' }),
  decrypt_pillar_delimiter: text(':', 'What separates the parts of a path in `decrypt_pillar`.'),
  decrypt_pillar_default: text('gpg', 'The renderer for `decrypt_pillar` entries that name none.'),
  decrypt_pillar_renderers: texts(['gpg'], 'The renderers that `decrypt_pillar` may use.'),
  gpg_keydir: optionalText(
    'The GnuPG folder with the keys for the gpg renderer; standard: `gpgkeys` beside the configuration.',
  ),
  gpg_decrypt_must_succeed: flag(false, 'Whether a message that does not decrypt stops the pillar from compiling.'),
};
