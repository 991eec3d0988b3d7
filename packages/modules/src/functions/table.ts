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
