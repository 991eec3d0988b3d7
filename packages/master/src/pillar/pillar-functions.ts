import { AppError, silentLogger, type Dict, type Value } from '@brine/common';
import { describeFunction, findFunction, functionTable, runFunction } from '@brine/modules';
import type { FileServer, FunctionContext, Host } from '@brine/modules/kit';

/** Whose pillar is being compiled, and with what. */
export interface PillarFunctionSurroundings {
  readonly host: Host;
  readonly grains: Dict;
  /** The master's configuration, with the minion's id in it. */
  readonly options: Dict;
}

/** Calls execution functions for the templates of a pillar: on the master, with the minion's grains. */
export function createPillarCall(
  surroundings: PillarFunctionSurroundings,
): (name: string, positional: readonly Value[], keyword: Dict) => Promise<Value> {
  const memory = new Map<string, unknown>();
  const call = async (name: string, positional: readonly Value[] = [], keyword: Dict = new Map()): Promise<Value> => {
    const context = createContext(surroundings, memory, call);
    return (await runFunction({ table: { functions: functionTable }, name, positional, keyword, context })).value;
  };
  return call;
}

function createContext(
  { host, grains, options }: PillarFunctionSurroundings,
  memory: Map<string, unknown>,
  call: FunctionContext['call'],
): FunctionContext {
  const notHere = (what: string) => async (): Promise<never> => {
    throw new AppError({ code: 'pillar-failed', message: `${what} is not available while a pillar is compiled` });
  };
  return {
    ...{ host, grains, options, memory, call },
    pillar: new Map(),
    log: silentLogger,
    signal: new AbortController().signal,
    fileServer: noFileServer(notHere('the file server')),
    render: notHere('rendering of other files'),
    setRetcode: () => {},
    pillarSource: {
      compile: notHere('pillar'),
      refresh: notHere('pillar'),
      version: () => undefined,
      originsOf: notHere('pillar'),
    },
    grainsSource: { file: '', refresh: async () => grains },
    catalogue: {
      functionNames: () => Object.keys(functionTable),
      stateNames: () => [],
      describeFunction: async (name) => describeFunction(await findFunction({ functions: functionTable }, name)),
      describeState: async () => undefined,
    },
    jid: '',
  };
}

function noFileServer(refuse: () => Promise<never>): FileServer {
  return {
    fetch: refuse,
    cached: refuse,
    listFiles: refuse,
    listDirectories: refuse,
    listEmptyDirectories: refuse,
    listSymlinks: refuse,
    environments: refuse,
  };
}
