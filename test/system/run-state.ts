import { silentLogger, toValue, type Applied, type CheckOutcome, type Dict, type Plain } from '@brine/common';
import { callFunction, createLocalHost, functionTable, stateTable } from '@brine/modules';
import { bindStateArguments, type FunctionContext, type Host, type StateContext } from '@brine/modules/kit';
import { expect } from 'vitest';

/** A run of states against this very machine, as far as one test needs it. */
export interface RealRun {
  check(name: string, args: Readonly<Record<string, Plain>>): Promise<CheckOutcome<Host>>;
  /** Checks and applies; answers what a return would show. */
  apply(name: string, args: Readonly<Record<string, Plain>>): Promise<Applied & { readonly kind: string }>;
  /** Calls an execution function as a job does. */
  readonly call: StateContext['call'];
  readonly host: Host;
}

/** Dry run, run, run again: what was foretold is done, and then nothing is left. Answers what was done. */
export async function settle(
  name: string,
  args: Readonly<Record<string, Plain>>,
): Promise<Pick<Applied, 'comment' | 'changes'>> {
  const run = createRealRun();
  const pending = await run.check(name, args);
  expect(pending.kind, JSON.stringify(pending)).toBe('change');
  const applied = await run.apply(name, args);
  expect(applied.failed, applied.comment).not.toBe(true);
  if (pending.kind === 'change') expect(applied.changes).toEqual(pending.pending.changes);
  expect((await run.apply(name, args)).kind).toBe('ok');
  return { comment: applied.comment, changes: applied.changes };
}

/** Makes a run without files to serve and without templates. */
export function createRealRun(grains: Readonly<Record<string, Plain>> = {}): RealRun {
  const host = createLocalHost();
  const shared = {
    grains: toDict({ os_family: 'Debian', shell: '/bin/sh', ...grains }),
    pillar: toDict({}),
    options: toDict({ id: 'here', cachedir: '/tmp/brine-test-cache', user: 'root' }),
    log: silentLogger,
    signal: new AbortController().signal,
    fileServer: noFiles,
    render: async (request: { readonly text: string }) => request.text,
    memory: new Map<string, unknown>(),
  };
  const call: StateContext['call'] = async (name, positional = [], keyword: Dict = new Map()) => {
    const context = { ...shared, call, host, setRetcode: () => {} } as unknown as FunctionContext;
    const answer = await callFunction({
      table: { functions: functionTable },
      name,
      positional,
      keyword,
      context,
    } as never);
    return answer.value;
  };
  async function check(name: string, args: Readonly<Record<string, Plain>>): Promise<CheckOutcome<Host>> {
    const declaration = await stateTable[name]?.();
    if (declaration === undefined) throw new Error(`there is no state ${name}`);
    const bound = bindStateArguments(declaration, toDict(args));
    const context: StateContext = {
      ...shared,
      host,
      call,
      step: { id: 'step', sls: 'test', saltenv: 'base', function: name },
      accumulated: new Map(),
      unknownArguments: bound.unknown,
      requiredSteps: [],
    };
    return declaration.check(bound.args, context);
  }
  return {
    host,
    call,
    check,
    apply: async (name, args) => {
      const outcome = await check(name, args);
      if (outcome.kind === 'change') return { kind: 'change', ...(await outcome.apply(host)) };
      return { kind: outcome.kind, comment: outcome.comment, changes: {} };
    },
  };
}

function toDict(plain: Readonly<Record<string, Plain>>): Dict {
  return toValue(plain) as Dict;
}

const noFiles: StateContext['fileServer'] = {
  fetch: async () => undefined,
  cached: async () => undefined,
  listFiles: async () => [],
  listDirectories: async () => [],
  listEmptyDirectories: async () => [],
  listSymlinks: async () => new Map(),
  environments: async () => ['base'],
};
