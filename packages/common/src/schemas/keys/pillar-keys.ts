import { listSchema, choice, count, flag, list, optionalMapping, optionalText, text, texts } from '../config-types.ts';

/** Keys about how pillar is compiled. */
export const pillarKeys = {
  pillar_source_merging_strategy: text(
    'smart',
    'How pillar from several files becomes one: `smart`, `recurse`, `aggregate`, `overwrite`, `list` or `none`.',
  ),
  pillar_merge_lists: flag(false, 'Whether lists in several pillar files are joined, instead of replaced.'),
  pillar_includes_override_sls: flag(false, 'Whether an included pillar file goes before the one that includes it.'),
  pillar_safe_render_error: flag(true, 'Whether minions are told only that, not how, a pillar file failed.'),
  pillar_raise_on_missing: flag(false, 'Whether `pillar.get` of a missing key without default is an error.'),
  pillar_cache: flag(false, 'Whether the master keeps compiled pillars, and uses them instead of compiling anew.'),
  pillar_cache_ttl: count(3600, 'Seconds for which a kept pillar is used.'),
  pillar_cache_backend: choice(['disk', 'memory'], 'disk', 'Whether pillars are kept on disk, sealed, or in memory.'),
  pillar_opts: flag(false, 'Whether the master’s configuration is part of pillar, as `master`.'),
  ssh_merge_pillar: flag(true, 'Whether pillar that a masterless call compiles anew goes over what it had before.'),
  ext_pillar: list('Sources of further pillar, each a mapping of its name to its configuration.'),
  ext_pillar_first: flag(false, 'Whether external pillar comes before the pillar files, which then see it.'),
  on_demand_ext_pillar: texts(['libvirt', 'virtkey'], 'External pillar that minions may ask for by itself.'),
  sqlite3: optionalMapping('Where the external pillar `sqlite3` is: `database` (a file), `timeout` (seconds).'),
  postgres: optionalMapping('Where the external pillar `postgres` is: `host`, `port`, `user`, `pass`, `db`.'),
  git_pillar_base: text('master', 'The branch of `git` sources that is the pillar environment `base`.'),
  git_pillar_branch: text('master', 'The branch of remotes that name none.'),
  git_pillar_env: text('', 'The environment that branches stand for; their own names if empty.'),
  git_pillar_fallback: text('', 'The branch for environments that have none.'),
  git_pillar_root: text('', 'The folder in repositories that pillar files are in.'),
  git_pillar_includes: flag(true, 'Whether the remotes of an environment see each other’s files.'),
  git_pillar_update_interval: count(60, 'Seconds after which remotes are fetched again, when a pillar needs them.'),
  git_pillar_ssl_verify: flag(true, 'Whether the certificates of git servers are checked.'),
  git_pillar_user: text('', 'The user to log in at git servers with.'),
  git_pillar_password: text('', 'The password of `git_pillar_user`.'),
  git_pillar_insecure_auth: flag(false, 'Whether a password may go over plain HTTP.'),
  git_pillar_privkey: text('', 'The file of the private key for git over SSH.'),
  git_pillar_refspecs: texts(
    ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'],
    'What is fetched of a remote.',
  ),
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
