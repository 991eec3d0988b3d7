import { AppError, toValue } from '@brine/common';
import { createStateContext } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { chunkOf } from '../../test-support/example-chunk.ts';
import { createExampleHost } from '../../test-support/example-world.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { limitingHost, readProgramLimits } from '../host/limiting-host.ts';
import { bindStateArguments, type CommandRequest, type CommandResult, type StateDeclaration } from '../kit/index.ts';
import { stateTable } from './table.ts';

/** States whose programs are the user's, who says himself how long they may take; as in Salt. */
const freeOfLimits = /^cmd\./;

const declarations = (await Promise.all(Object.values(stateTable).map((load) => load()))).filter(
  ({ name }) => !freeOfLimits.test(name),
);
const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux', init: 'systemd' };

/** Runs an example where every program takes longer than it may; answers what was started, and what is told of it. */
async function runOverdue(declaration: StateDeclaration) {
  const started: CommandRequest[] = [];
  const overdue = async (request: CommandRequest): Promise<CommandResult> => {
    started.push(request);
    return { exitCode: 124, pid: 4242, stdout: '', stderr: '', timedOut: true };
  };
  const host = limitingHost({ ...createExampleHost(), run: overdue, inspect: overdue }, readProgramLimits(new Map()));
  const signal = AbortSignal.timeout(2000);
  const { args, unknown } = bindStateArguments(declaration, chunkOf(declaration));
  const { call } = createScratchContext({ host, grains, context: { signal } });
  const surroundings = await createStateContext(createExampleHost(), declaration.name, { grains });
  try {
    const context = { ...surroundings, host, call, signal, unknownArguments: unknown };
    const outcome = await declaration.check(args, context);
    if (outcome.kind !== 'change') return { started, told: `is ${outcome.kind}: ${outcome.comment}` };
    const { comment, changes, failed } = await outcome.apply(host);
    return {
      started,
      told: `${failed === true ? 'fails' : 'is done'}: ${comment} ${JSON.stringify(toValue(changes as never))}`,
    };
  } catch (error) {
    return { started, told: error instanceof AppError ? error.message : String(error) };
  }
}

describe('a state whose programs take longer than they may', () => {
  const hidden: string[] = [];
  let overdue = 0;

  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    'has a limit for each of them, and says which ended it: %s',
    async (name, declaration) => {
      const { started, told } = await runOverdue(declaration);
      expect(started.filter(({ timeout }) => typeof timeout !== 'number')).toEqual([]);
      if (started.length === 0) return;
      overdue += 1;
      if (!/did not end within [\d.]+ seconds/.test(told)) hidden.push(`${name} ${told}`);
    },
  );

  it('was told of by many', () => {
    expect(hidden.join('\n')).toBe('');
    expect(overdue).toBeGreaterThan(100);
  });
});
