import { AppError, parseArguments, pythonRepr } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createExampleHost } from '../../test-support/example-world.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { limitingHost, readProgramLimits } from '../host/limiting-host.ts';
import type { CommandRequest, CommandResult } from '../kit/host.ts';
import { runFunction } from './call-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

/** Functions that wait for something else than a program. */
const outOfReach =
  /^(test\.(sleep|rand_sleep|fib)|ps\.top|http\.|network\.(connect|wol|fqdns)|dnsutil\.A|redis\.|docker)/;

/** Functions whose programs are the user's, who says himself how long they may take; as in Salt. */
const freeOfLimits = /^(cmd|test)\./;

/** Functions that answer what they could find out, and null for the rest, as Salt does. */
const tellsTheRest = /^status\.diskusage$/;

const limits = readProgramLimits(new Map());

/** Calls an example where every program takes longer than it may. */
async function callOverdue(example: string) {
  const started: CommandRequest[] = [];
  const overdue = async (request: CommandRequest): Promise<CommandResult> => {
    started.push(request);
    return { exitCode: 124, pid: 4242, stdout: '', stderr: '', timedOut: true };
  };
  const host = limitingHost({ ...createExampleHost(), run: overdue, inspect: overdue }, limits);
  const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64' };
  const context = createScratchContext({ host, grains });
  const { positional, keyword } = parseArguments(splitWords(example).slice(2));
  const name = splitWords(example)[1] ?? '';
  const call = runFunction({ table: { functions: functionTable }, name, positional, keyword, context, isDirect: true });
  try {
    const { value, retcode } = await call;
    return { started, told: `answers ${pythonRepr(value)} with ${retcode}` };
  } catch (error) {
    return { started, told: error instanceof AppError ? error.message : String(error) };
  }
}

describe('a function whose programs take longer than they may', () => {
  const names = Object.keys(functionTable).filter((name) => !outOfReach.test(name));
  let overdue = 0;
  const hidden: string[] = [];

  it.each(names)('has a limit for each of them, and says which ended it: %s', async (name) => {
    const declaration = await functionTable[name]?.();
    for (const example of declaration?.examples ?? []) {
      const { started, told } = await callOverdue(example);
      if (freeOfLimits.test(name)) continue;
      expect(started.filter(({ timeout }) => typeof timeout !== 'number')).toEqual([]);
      if (started.length === 0 || tellsTheRest.test(name)) continue;
      overdue += 1;
      if (!/(did not end within|Timed out after) [\d.]+ seconds/.test(told)) hidden.push(`${example} ${told}`);
    }
  });

  it('was told of by hundreds', () => {
    expect(hidden.join('\n')).toBe('');
    expect(overdue).toBeGreaterThan(300);
  });
});
