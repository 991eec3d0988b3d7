/* oxlint-disable max-lines -- one line for each function there is */
import type { FunctionDeclaration } from '../kit/define-function.ts';
import type { ModuleTable } from '../kit/module-table.ts';

/** Every built-in execution function by name. A file is read when one of its functions is first called. */
export const functionTable: ModuleTable['functions'] = {
  ...from(() => import('./cmd/programs.ts'), ['cmd.has_exec', 'cmd.shells', 'cmd.which', 'cmd.which_bin']),
  ...from(
    () => import('./cmd/run.ts'),
    ['cmd.retcode', 'cmd.run', 'cmd.run_all', 'cmd.run_bg', 'cmd.run_stderr', 'cmd.run_stdout', 'cmd.shell'],
  ),
  ...from(() => import('./cmd/script.ts'), ['cmd.exec_code', 'cmd.exec_code_all', 'cmd.script', 'cmd.script_retcode']),
  ...from(
    () => import('./config/read.ts'),
    ['config.dot_vals', 'config.get', 'config.items', 'config.merge', 'config.option'],
  ),
  ...from(() => import('./config/values.ts'), ['config.backup_mode', 'config.manage_mode', 'config.valid_fileproto']),
  ...from(
    () => import('./cp/fetch.ts'),
    [
      'cp.cache_dir',
      'cp.cache_file',
      'cp.cache_files',
      'cp.cache_master',
      'cp.get_dir',
      'cp.get_file',
      'cp.get_file_str',
      'cp.get_template',
      'cp.get_url',
      'cp.hash_file',
      'cp.stat_file',
    ],
  ),
  ...from(
    () => import('./cp/list.ts'),
    ['cp.envs', 'cp.list_master', 'cp.list_master_dirs', 'cp.list_master_symlinks', 'cp.list_states'],
  ),
  ...from(
    () => import('./data/store.ts'),
    [
      'data.cas',
      'data.clear',
      'data.dump',
      'data.get',
      'data.has_key',
      'data.items',
      'data.keys',
      'data.load',
      'data.pop',
      'data.update',
      'data.values',
    ],
  ),
  ...from(
    () => import('./defaults/merge.ts'),
    ['defaults.deepcopy', 'defaults.get', 'defaults.merge', 'defaults.update'],
  ),
  ...from(
    () => import('./environ/variables.ts'),
    ['environ.get', 'environ.has_value', 'environ.item', 'environ.items', 'environ.setenv', 'environ.setval'],
  ),
  ...from(() => import('./event/send.ts'), ['event.fire_master', 'event.send']),
  ...from(
    () => import('./file/attributes.ts'),
    ['file.check_perms', 'file.chgrp', 'file.chown', 'file.lchown', 'file.set_mode'],
  ),
  ...from(() => import('./file/backups.ts'), ['file.delete_backup', 'file.list_backups', 'file.restore_backup']),
  ...from(() => import('./file/directories.ts'), ['file.makedirs', 'file.makedirs_perms', 'file.mkdir', 'file.rmdir']),
  ...from(
    () => import('./file/edit.ts'),
    [
      'file.blockreplace',
      'file.comment',
      'file.comment_line',
      'file.line',
      'file.replace',
      'file.search',
      'file.uncomment',
    ],
  ),
  ...from(() => import('./file/find.ts'), ['file.find']),
  ...from(() => import('./file/hash.ts'), ['file.check_hash', 'file.get_hash', 'file.get_sum']),
  ...from(() => import('./file/links.ts'), ['file.link', 'file.readlink', 'file.symlink']),
  ...from(
    () => import('./file/look.ts'),
    [
      'file.access',
      'file.directory_exists',
      'file.file_exists',
      'file.is_blkdev',
      'file.is_chrdev',
      'file.is_fifo',
      'file.is_hardlink',
      'file.is_link',
      'file.path_exists_glob',
      'file.readdir',
    ],
  ),
  ...from(() => import('./file/move.ts'), ['file.copy', 'file.move', 'file.remove', 'file.rename']),
  ...from(
    () => import('./file/owners.ts'),
    ['file.gid_to_group', 'file.group_to_gid', 'file.uid_to_user', 'file.user_to_uid'],
  ),
  ...from(
    () => import('./file/paths.ts'),
    ['file.basename', 'file.dirname', 'file.join', 'file.normpath', 'file.pardir'],
  ),
  ...from(
    () => import('./file/read.ts'),
    ['file.contains', 'file.contains_glob', 'file.contains_regex', 'file.grep', 'file.read', 'file.seek_read'],
  ),
  ...from(() => import('./file/source.ts'), ['file.apply_template_on_contents', 'file.get_diff']),
  ...from(
    () => import('./file/stats.ts'),
    ['file.get_gid', 'file.get_group', 'file.get_mode', 'file.get_uid', 'file.get_user', 'file.lstat', 'file.stats'],
  ),
  ...from(
    () => import('./file/write.ts'),
    ['file.append', 'file.prepend', 'file.seek_write', 'file.touch', 'file.truncate', 'file.write'],
  ),
  ...from(
    () => import('./grains/read.ts'),
    [
      'grains.equals',
      'grains.fetch',
      'grains.filter_by',
      'grains.get',
      'grains.has_value',
      'grains.item',
      'grains.items',
      'grains.ls',
    ],
  ),
  ...from(() => import('./grains/set.ts'), ['grains.delkey', 'grains.delval', 'grains.set']),
  ...from(() => import('./grains/write.ts'), ['grains.append', 'grains.remove', 'grains.setval', 'grains.setvals']),
  ...from(
    () => import('./hashutil/base64.ts'),
    [
      'hashutil.base64_b64decode',
      'hashutil.base64_b64encode',
      'hashutil.base64_decodefile',
      'hashutil.base64_decodestring',
      'hashutil.base64_encodefile',
      'hashutil.base64_encodestring',
    ],
  ),
  ...from(
    () => import('./hashutil/digest.ts'),
    [
      'hashutil.digest',
      'hashutil.digest_file',
      'hashutil.github_signature',
      'hashutil.hmac_compute',
      'hashutil.hmac_signature',
      'hashutil.md5_digest',
      'hashutil.sha256_digest',
      'hashutil.sha512_digest',
    ],
  ),
  ...from(() => import('./http/query.ts'), ['http.query']),
  ...from(() => import('./jinja/load.ts'), ['jinja.import_JSON', 'jinja.import_yaml', 'jinja.load_map']),
  ...from(() => import('./key/finger.ts'), ['key.finger', 'key.finger_master']),
  ...from(
    () => import('./log/levels.ts'),
    ['log.critical', 'log.debug', 'log.error', 'log.exception', 'log.info', 'log.warning'],
  ),
  ...from(() => import('./match/choose.ts'), ['match.filter_by', 'match.ifelse', 'match.search_by']),
  ...from(
    () => import('./match/target.ts'),
    [
      'match.compound',
      'match.glob',
      'match.grain',
      'match.grain_pcre',
      'match.ipcidr',
      'match.list',
      'match.pcre',
      'match.pillar',
      'match.pillar_pcre',
    ],
  ),
  ...from(() => import('./mine/mine.ts'), ['mine.delete', 'mine.flush', 'mine.get']),
  ...from(() => import('./out/format.ts'), ['out.out_format', 'out.string_format']),
  ...from(() => import('./pillar/compile.ts'), ['pillar.ext', 'pillar.items', 'pillar.ls', 'pillar.obfuscate']),
  ...from(
    () => import('./pillar/read.ts'),
    [
      'pillar.fetch',
      'pillar.file_exists',
      'pillar.filter_by',
      'pillar.get',
      'pillar.item',
      'pillar.keys',
      'pillar.raw',
    ],
  ),
  ...from(
    () => import('./random/draw.ts'),
    ['random.get_str', 'random.rand_int', 'random.sample', 'random.seed', 'random.shuffle'],
  ),
  ...from(() => import('./random/hash.ts'), ['random.hash', 'random.shadow_hash', 'random.str_encode']),
  ...from(() => import('./saltutil/cache.ts'), ['saltutil.clear_cache']),
  ...from(
    () => import('./saltutil/jobs.ts'),
    [
      'saltutil.find_job',
      'saltutil.is_running',
      'saltutil.kill_job',
      'saltutil.running',
      'saltutil.signal_job',
      'saltutil.term_job',
    ],
  ),
  ...from(
    () => import('./saltutil/refresh.ts'),
    [
      'saltutil.refresh_grains',
      'saltutil.refresh_modules',
      'saltutil.refresh_pillar',
      'saltutil.sync_all',
      'saltutil.sync_beacons',
      'saltutil.sync_grains',
      'saltutil.sync_matchers',
      'saltutil.sync_modules',
      'saltutil.sync_output',
      'saltutil.sync_pillar',
      'saltutil.sync_renderers',
      'saltutil.sync_returners',
      'saltutil.sync_sdb',
      'saltutil.sync_states',
      'saltutil.sync_utils',
    ],
  ),
  ...from(() => import('./slsutil/merge.ts'), ['slsutil.merge', 'slsutil.merge_all', 'slsutil.update']),
  ...from(() => import('./slsutil/render.ts'), ['slsutil.renderer']),
  ...from(() => import('./slsutil/serialize.ts'), ['slsutil.deserialize', 'slsutil.serialize']),
  ...from(() => import('./slsutil/text.ts'), ['slsutil.banner', 'slsutil.boolstr']),
  ...from(
    () => import('./slsutil/tree.ts'),
    ['slsutil.dir_exists', 'slsutil.file_exists', 'slsutil.findup', 'slsutil.path_exists'],
  ),
  ...from(() => import('./state/disabled.ts'), ['state.disable', 'state.enable', 'state.list_disabled']),
  ...from(
    () => import('./state/run.ts'),
    [
      'state.apply',
      'state.high',
      'state.highstate',
      'state.low',
      'state.running',
      'state.single',
      'state.sls',
      'state.sls_id',
      'state.template',
      'state.template_str',
      'state.test',
      'state.top',
    ],
  ),
  ...from(
    () => import('./state/show.ts'),
    [
      'state.id_exists',
      'state.show_highstate',
      'state.show_low_sls',
      'state.show_lowstate',
      'state.show_sls',
      'state.show_state_usage',
      'state.show_states',
      'state.show_top',
      'state.sls_exists',
    ],
  ),
  ...from(() => import('./sys/documentation.ts'), ['sys.argspec', 'sys.doc', 'sys.state_argspec', 'sys.state_doc']),
  ...from(
    () => import('./sys/listing.ts'),
    [
      'sys.list_functions',
      'sys.list_modules',
      'sys.list_renderers',
      'sys.list_state_functions',
      'sys.list_state_modules',
      'sys.reload_modules',
    ],
  ),
  ...from(
    () => import('./test/answers.ts'),
    [
      'test.echo',
      'test.false',
      'test.outputter',
      'test.ping',
      'test.true',
      'test.version',
      'test.versions_information',
      'test.versions_report',
    ],
  ),
  ...from(
    () => import('./test/arguments.ts'),
    ['test.arg', 'test.arg_clean', 'test.arg_repr', 'test.arg_type', 'test.kwarg'],
  ),
  ...from(
    () => import('./test/failures.ts'),
    ['test.assertion', 'test.exception', 'test.raise_exception', 'test.retcode', 'test.stack', 'test.try'],
  ),
  ...from(
    () => import('./test/inventory.ts'),
    [
      'test.attr_call',
      'test.conf_test',
      'test.cross_test',
      'test.get_opts',
      'test.module_report',
      'test.not_loaded',
      'test.opts_pkg',
      'test.provider',
      'test.providers',
      'test.random_hash',
    ],
  ),
  ...from(() => import('./test/work.ts'), ['test.collatz', 'test.fib', 'test.rand_sleep', 'test.sleep']),
};

function from(
  load: () => Promise<Readonly<Record<string, unknown>>>,
  names: readonly string[],
): Record<string, () => Promise<FunctionDeclaration>> {
  return Object.fromEntries(names.map((name) => [name, async () => pick(await load(), name)]));
}

function pick(file: Readonly<Record<string, unknown>>, name: string): FunctionDeclaration {
  const found = Object.values(file).find((exported) => isDeclaration(exported) && exported.name === name);
  if (!isDeclaration(found)) throw new Error(`the file that should declare ${name} does not`);
  return found;
}

function isDeclaration(exported: unknown): exported is FunctionDeclaration {
  return typeof exported === 'object' && exported !== null && 'name' in exported && 'run' in exported;
}
