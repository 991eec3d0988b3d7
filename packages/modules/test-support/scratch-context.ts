import { silentLogger, toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { Catalogue, FileServer, FunctionContext } from '../src/kit/context.ts';
import type { Host } from '../src/kit/host.ts';
import { runFunction } from '../src/functions/call-function.ts';
import { describeFunction } from '../src/functions/describe-function.ts';
import { functionTable } from '../src/functions/table.ts';

/** What a test says of the surroundings of a call; everything else is empty. */
export interface Scratch {
  readonly host?: Host;
  readonly grains?: Plain;
  readonly pillar?: Plain;
  readonly options?: Plain;
  readonly isDirect?: boolean;
  readonly context?: Partial<FunctionContext>;
}

/** Calls a built-in function in surroundings made for a test; answers its value and the retcodes it set. */
export async function callScratch(
  name: string,
  given: { readonly positional?: readonly Plain[]; readonly keyword?: Readonly<Record<string, Plain>> } & Scratch = {},
): Promise<{ readonly value: Value; readonly retcode: number }> {
  const { value, retcode } = await runFunction({
    table: { functions: functionTable },
    name,
    positional: (given.positional ?? []).map((value) => toValue(value)),
    keyword: toDict(given.keyword ?? {}),
    context: createScratchContext(given),
    isDirect: given.isDirect ?? true,
  });
  return { value, retcode };
}

/** A function's context for tests: the given parts, with neither files, master nor states behind the rest. */
export function createScratchContext(scratch: Scratch): FunctionContext {
  const context: FunctionContext = {
    grains: toDict(scratch.grains ?? {}),
    pillar: toDict(scratch.pillar ?? {}),
    options: toDict(scratch.options ?? {}),
    log: silentLogger,
    signal: new AbortController().signal,
    fileServer: emptyFileServer,
    render: async ({ text }) => text,
    call: async (name, positional = [], keyword = new Map()) => {
      const call = { table: { functions: functionTable }, name, positional, keyword, context };
      return (await runFunction(call)).value;
    },
    memory: new Map(),
    host: scratch.host ?? absentHost(),
    setRetcode: () => {},
    pillarSource: {
      compile: async () => toDict(scratch.pillar ?? {}),
      refresh: async () => 'v1',
      version: () => 'v1',
      originsOf: async () => [],
    },
    grainsSource: { refresh: async () => toDict(scratch.grains ?? {}), file: '/nonexistent/grains' },
    catalogue: builtInCatalogue,
    jid: '20240101000000000000',
    ...scratch.context,
  };
  return context;
}

const emptyFileServer: FileServer = {
  fetch: async () => undefined,
  cached: async () => undefined,
  listFiles: async () => [],
  listDirectories: async () => [],
  listEmptyDirectories: async () => [],
  listSymlinks: async () => new Map(),
  environments: async () => ['base'],
};

const builtInCatalogue: Catalogue = {
  functionNames: () => Object.keys(functionTable).toSorted(),
  stateNames: () => [],
  describeFunction: async (name) => {
    const load = functionTable[name];
    return load === undefined ? undefined : describeFunction(await load());
  },
  describeState: async () => undefined,
};

function toDict(plain: Plain): Dict {
  return toValue(plain) as Dict;
}

function absentHost(): Host {
  return new Proxy({} as Host, {
    get: (_target, property) => {
      throw new Error(`this test has no host, yet ${String(property)} was asked for`);
    },
  });
}
