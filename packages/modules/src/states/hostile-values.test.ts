import { isAppError, toValue, type Dict, type Value } from '@brine/common';
import { createStateContext, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { chunkOf } from '../../test-support/example-chunk.ts';
import { createExampleHost } from '../../test-support/example-world.ts';
import { endsWithin, hostileValuesFor, isCancellation, machineWordsIn } from '../../test-support/hostile-values.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { bindStateArguments, findArgumentFaults, type StateDeclaration } from '../kit/index.ts';
import { stateTable } from './table.ts';

const declarations = await Promise.all(Object.values(stateTable).map((load) => load()));
const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux', init: 'systemd' };

/** Runs a state with arguments as a run does; what is thrown and is no refusal in words, and what says nothing, is a fault. */
async function faultOf(declaration: StateDeclaration, chunk: Dict): Promise<string | undefined> {
  const host = createExampleHost();
  const accounts = await host.files.read('/etc/passwd');
  const signal = AbortSignal.timeout(300);
  try {
    const told = await endsWithin(20_000, apply(declaration, chunk, { host, signal }));
    expect(await host.files.read('/etc/passwd'), 'a relative path must lead nowhere').toEqual(accounts);
    return machineWordsIn(told);
  } catch (error) {
    // What waits is cancelled, and has to come to an end then.
    if (isCancellation(error, signal)) return undefined;
    if (!isAppError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    return error.message.trim() === '' ? 'it is refused without a word' : machineWordsIn(error.message);
  }
}

/** Answers what a user is told of it. */
async function apply(
  declaration: StateDeclaration,
  chunk: Dict,
  { host, signal }: { readonly host: FakeHost; readonly signal: AbortSignal },
): Promise<unknown> {
  // What is found before a run has the file and line of the argument that it names.
  const faults = findArgumentFaults(declaration, chunk).filter(({ isDoubt }) => isDoubt !== true);
  for (const { argument, summary } of faults) {
    if (!chunk.has(argument) && !(argument in declaration.args.shape)) throw new Error(`${summary} names no argument`);
  }
  if (faults.length > 0) return faults.map(({ summary }) => summary);
  const { args, unknown } = bindStateArguments(declaration, chunk);
  const { call } = createScratchContext({ host, grains, context: { signal } });
  const surroundings = await createStateContext(host, declaration.name, { grains });
  const before = JSON.stringify(host.snapshot());
  const outcome = await declaration.check(args, { ...surroundings, call, signal, unknownArguments: unknown });
  expect(JSON.stringify(host.snapshot()), 'a look must not touch anything').toBe(before);
  if (outcome.kind !== 'change') return toTold(outcome);
  return [toTold(outcome.pending), toTold(await outcome.apply(host))];
}

function toTold({ comment, changes }: { readonly comment: string; readonly changes?: unknown }): unknown {
  return { comment, changes: toValue((changes ?? null) as never) };
}

describe('a state that is given nonsense', () => {
  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    'answers in words: %s',
    async (_name, declaration) => {
      const example = chunkOf(declaration);
      const faults: string[] = [];
      for (const argument of Object.keys(declaration.args.shape)) {
        for (const [kind, value] of hostileValuesFor(`${declaration.name} ${argument}`)) {
          const fault = await faultOf(declaration, new Map<Value, Value>([...example, [argument, value]]));
          if (fault !== undefined) faults.push(`${argument} as ${kind}: ${fault}`);
        }
      }
      expect(faults.join('\n')).toBe('');
    },
  );
});
