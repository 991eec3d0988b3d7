import { AppError, closestName, toValue } from '@brine/common';
import { bindFunctionArguments } from '@brine/modules/kit';
import type { RunnerControl } from '@brine/api';
import type { RunnerContext } from './define-runner.ts';
import { runnerDeclarations } from './table.ts';

/** Runs runners by their names. Throws `runner-unknown` and `function-arguments`. */
export function createRunnerControl(
  services: Omit<RunnerContext, 'caller' | 'setRetcode' | 'catalogue'>,
): RunnerControl {
  const table = new Map(runnerDeclarations.map((declaration) => [declaration.name, declaration]));
  return {
    async run({ fun, positional, keyword }, caller) {
      const declaration = table.get(fun);
      if (declaration === undefined) throw unknownRunner(fun, [...table.keys()]);
      const args = bindFunctionArguments(declaration, positional, keyword);
      let retcode = 0;
      const value = await declaration.run(args, {
        ...services,
        caller,
        setRetcode: (code) => {
          retcode = code;
        },
        catalogue: () => runnerDeclarations,
      });
      const { outputter } = declaration;
      return { value: toValue(value), retcode, ...(outputter === undefined ? {} : { outputter }) };
    },
  };
}

function unknownRunner(fun: string, names: readonly string[]): AppError {
  const meant = closestName(fun, names);
  const hint = meant === undefined ? "see 'salt-run doc.runner'" : `did you mean '${meant}'?`;
  return new AppError({ code: 'runner-unknown', message: `there is no runner '${fun}'; ${hint}` });
}
