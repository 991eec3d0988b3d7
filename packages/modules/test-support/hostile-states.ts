import { toValue, type Dict, type Plain } from '@brine/common';
import { createStateContext, type FakeHost } from '@brine/testkit';
import { expect } from 'vitest';
import { bindStateArguments, findArgumentFaults, type StateDeclaration } from '../src/kit/index.ts';
import { createExampleHost } from './example-world.ts';
import { faultOfError } from './hostile-calls.ts';
import { endsWithin, machineWordsIn } from './hostile-values.ts';
import { createScratchContext } from './scratch-context.ts';

const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux', init: 'systemd' };

/** Where a state is run. */
export interface StatePlace {
  readonly options?: Readonly<Record<string, Plain>>;
}

/** Runs a state with arguments as a run does; what is thrown and is no refusal in words, and what says nothing, is a fault. */
export async function faultOfState(
  declaration: StateDeclaration,
  chunk: Dict,
  place: StatePlace = {},
): Promise<string | undefined> {
  const host = createExampleHost();
  const accounts = await host.files.read('/etc/passwd');
  const signal = AbortSignal.timeout(300);
  try {
    const told = await endsWithin(20_000, apply(declaration, chunk, { host, signal, place }));
    expect(await host.files.read('/etc/passwd'), 'a relative path must lead nowhere').toEqual(accounts);
    return machineWordsIn(told);
  } catch (error) {
    return faultOfError(error, signal);
  }
}

/** Answers what a user is told of it. */
async function apply(
  declaration: StateDeclaration,
  chunk: Dict,
  { host, signal, place }: { readonly host: FakeHost; readonly signal: AbortSignal; readonly place: StatePlace },
): Promise<unknown> {
  // What is found before a run has the file and line of the argument that it names.
  const faults = findArgumentFaults(declaration, chunk).filter(({ isDoubt }) => isDoubt !== true);
  for (const { argument, summary } of faults) {
    if (!chunk.has(argument) && !(argument in declaration.args.shape)) throw new Error(`${summary} names no argument`);
  }
  if (faults.length > 0) return faults.map(({ summary }) => summary);
  const { args, unknown } = bindStateArguments(declaration, chunk);
  const { call } = createScratchContext({ host, grains, ...place, context: { signal } });
  const surroundings = await createStateContext(host, declaration.name, { grains, ...place });
  const before = JSON.stringify(host.snapshot());
  const outcome = await declaration.check(args, { ...surroundings, call, signal, unknownArguments: unknown });
  expect(JSON.stringify(host.snapshot()), 'a look must not touch anything').toBe(before);
  if (outcome.kind !== 'change') return toTold(outcome);
  return [toTold(outcome.pending), toTold(await outcome.apply(host))];
}

function toTold({ comment, changes }: { readonly comment: string; readonly changes?: unknown }): unknown {
  return { comment, changes: toValue((changes ?? null) as never) };
}
