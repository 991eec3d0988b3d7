import type { FunctionDeclaration } from '../kit/define-function.ts';
import type { ModuleTable } from '../kit/module-table.ts';

/** Every built-in execution function by name. A file is read when one of its functions is first called. */
export const functionTable: ModuleTable['functions'] = {
  ...from(
    () => import('./test/answers.ts'),
    [
      'test.ping',
      'test.true',
      'test.false',
      'test.echo',
      'test.outputter',
      'test.version',
      'test.versions_information',
      'test.versions_report',
    ],
  ),
  ...from(
    () => import('./test/arguments.ts'),
    ['test.arg', 'test.arg_clean', 'test.arg_repr', 'test.arg_type', 'test.kwarg'],
  ),
  ...from(() => import('./test/work.ts'), ['test.collatz', 'test.fib', 'test.rand_sleep', 'test.sleep']),
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
};

type DeclarationFile = Readonly<Record<string, FunctionDeclaration>>;

function from(
  load: () => Promise<DeclarationFile>,
  names: readonly string[],
): Record<string, () => Promise<FunctionDeclaration>> {
  return Object.fromEntries(names.map((name) => [name, async () => pick(await load(), name)]));
}

function pick(file: DeclarationFile, name: string): FunctionDeclaration {
  const found = Object.values(file).find((declaration) => declaration.name === name);
  if (found === undefined) throw new Error(`the file that should declare ${name} does not`);
  return found;
}
