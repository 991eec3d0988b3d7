import { choice, flag, mapping, optionalText, roots, text, texts } from '../config-types.ts';

/** Keys about the tree: where states and pillar lie, what applies to whom, and how files are rendered. */
export const treeKeys = {
  file_roots: roots(
    { base: ['/srv/salt', '/srv/spm/salt'] },
    'The folders of each environment that hold states and files.',
  ),
  pillar_roots: roots(
    { base: ['/srv/pillar', '/srv/spm/pillar'] },
    'The folders of each environment that hold pillar.',
  ),
  file_ignore_glob: texts([], 'Files that are not served: wildcards on the path in the environment.'),
  file_ignore_regex: texts([], 'Files that are not served: regular expressions on the path in the environment.'),
  fileserver_followsymlinks: flag(true, 'Whether folders behind symbolic links are served.'),
  fileserver_ignoresymlinks: flag(false, 'Whether symbolic links are left out of lists.'),
  state_top: text('top.sls', 'The file that says which states apply to which minions.'),
  state_top_saltenv: optionalText('The only environment whose top file is read.'),
  default_top: text('base', 'The environment whose top file counts with `top_file_merging_strategy: same`.'),
  env_order: texts([], 'The order in which the environments’ top files are merged.'),
  top_file_merging_strategy: choice(
    ['merge', 'merge_all', 'same'],
    'merge',
    'How the top files of several environments become one.',
  ),
  saltenv: optionalText('The environment states are taken from when none is named.'),
  pillarenv: optionalText('The environment pillar is taken from when none is named.'),
  nodegroups: mapping('Named targets: a compound expression, as text or as a list of words.'),
  renderer: text('jinja|yaml', 'The renderers of files that do not name theirs.'),
  renderer_blacklist: texts([], 'Renderers that may not be used.'),
  renderer_whitelist: texts([], 'The only renderers that may be used; empty for all.'),
  allow_undefined: flag(false, 'Whether templates print nothing for undefined variables, instead of failing.'),
  jinja_env: mapping('Options of Jinja for all templates but state files.'),
  jinja_sls_env: mapping('Options of Jinja for state and pillar files.'),
  jinja_trim_blocks: flag(false, 'Whether the line break after a Jinja block is dropped (`jinja_env` goes before).'),
  jinja_lstrip_blocks: flag(false, 'Whether blanks before a Jinja block are dropped (`jinja_env` goes before).'),
};
