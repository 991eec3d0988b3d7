import { AppError, parseArguments } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createExampleHost } from '../../test-support/example-world.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import type { CommandRequest, CommandResult } from '../kit/host.ts';
import { runFunction } from './call-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

/** Functions that wait for something else than a program. */
const outOfReach =
  /^(test\.(sleep|rand_sleep|fib)|ps\.top|http\.|network\.(connect|wol|fqdns)|dnsutil\.A|redis\.|docker)/;

/** Runs an example where no program ever ends, and cancels it when the first was started; how many were. */
async function cancelAtFirstProgram(example: string): Promise<number> {
  const cancelling = new AbortController();
  let count = 0;
  const endless = async ({ signal }: CommandRequest): Promise<CommandResult> => {
    count += 1;
    queueMicrotask(() => cancelling.abort());
    return new Promise((_resolve, reject) => {
      const end = (): void => reject(new AppError({ code: 'host-command', message: 'cancelled' }));
      if (signal?.aborted === true) end();
      else signal?.addEventListener('abort', end, { once: true });
    });
  };
  const host = { ...createExampleHost(), run: endless, inspect: endless };
  const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64' };
  const context = createScratchContext({ host, grains, context: { signal: cancelling.signal } });
  const { positional, keyword } = parseArguments(splitWords(example).slice(2));
  const name = splitWords(example)[1] ?? '';
  const call = runFunction({ table: { functions: functionTable }, name, positional, keyword, context, isDirect: true });
  await call.catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
  });
  return count;
}

describe('a call that is cancelled', () => {
  const names = Object.keys(functionTable).filter((name) => !outOfReach.test(name));
  let started = 0;

  it.each(names)('ends, though no program of %s would', async (name) => {
    const declaration = await functionTable[name]?.();
    const counts: number[] = [];
    for (const example of declaration?.examples ?? []) counts.push(await cancelAtFirstProgram(example));
    started += counts.reduce((sum, count) => sum + count, 0);
    expect(counts).toHaveLength(declaration?.examples.length ?? -1);
  });

  it('was told of by hundreds of programs', () => {
    expect(started).toBeGreaterThan(300);
  });
});
