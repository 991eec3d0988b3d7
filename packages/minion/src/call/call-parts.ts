import {
  createRunSecrets,
  toPlain,
  toValue,
  type Dict,
  type Plain,
  type RunSecrets,
  type StateRuns,
  type Value,
} from '@brine/common';
import {
  createLocalHost,
  describeFunction,
  findFunction,
  functionTable,
  limitingHost,
  readProgramLimits,
  runFunction,
  stateTable,
} from '@brine/modules';
import type { Catalogue, FunctionContext, Host, ModuleContext } from '@brine/modules/kit';
import type { Tree } from '../files/tree.ts';
import type { CallEnvironmentOptions } from './call-request.ts';
import { contextNeedsOf, type ContextNeeds } from './context-needs.ts';
import { concealingHost } from './concealing-host.ts';
import { createJobsPort } from './jobs-port.ts';
import { createCompanionsPort } from './companions-port.ts';
import { createEventsPort } from './events-port.ts';
import { createGrainKeeper, type GrainKeeper } from './grain-keeper.ts';
import { lazy, type Lazy } from './lazy.ts';
import { ask, type MasterLink } from './master-link.ts';
import {
  createMasterPillarCompiler,
  createPillarKeeper,
  type PillarCompiler,
  type PillarKeeper,
} from './pillar-keeper.ts';
import { createSecretKeeper } from './secret-keeper.ts';
import { stoppableFiles } from './stoppable-files.ts';
import { redactRequest } from './redact-request.ts';
import type { Templates } from './templates.ts';

/** The parts, as they need each other. */
export interface CallParts {
  readonly request: CallEnvironmentOptions;
  readonly host: Host;
  readonly memory: Map<string, unknown>;
  readonly secrets: RunSecrets;
  /** Has a text that was decrypted here hidden. */
  readonly keepSecret: (text: string) => Promise<void>;
  readonly grains: GrainKeeper;
  readonly pillar: PillarKeeper;
  readonly tree: () => Promise<Tree>;
  readonly templates: Lazy<Templates>;
  readonly states: () => Promise<StateRuns>;
  /** Calls a function for a template, a state or another function. */
  readonly callNested: NestedCall;
  /** The same while pillar is compiled: with what there is of it by then. */
  readonly callWhileCompiling: NestedCall;
  readonly moduleContext: () => ModuleContext;
  /** The options with the grains among them, as templates and functions see them. */
  readonly options: () => Dict;
  /** The same call with other options: another tree and other templates, but the same pillar, grains and secrets. */
  readonly withOptions: (options: Dict) => CallParts;
}

type NestedCall = (name: string, positional: readonly Value[], keyword: Dict) => Promise<Value>;

/** The parts need each other; none is used before all are there. `others` stand in for those that would be made. */
export function createParts(
  given: CallEnvironmentOptions,
  setRetcode: (code: number) => void,
  parts: () => CallParts,
  others: Partial<SharedParts> = {},
): CallParts {
  const secrets = others.secrets ?? createRunSecrets();
  const request = redactRequest(given, secrets.redactor);
  const host = concealingHost(limitedHost(request.options), secrets.redactor, request.log);
  const shared: SharedParts = {
    host,
    memory: new Map(),
    secrets,
    keepSecret: createSecretKeeper(request, secrets),
    grains: createGrainKeeper(request, host),
    pillar: createPillarKeeper(request, compilerOf(request, secrets, parts)),
    ...others,
  };
  return completeParts({ request, shared, setRetcode }, parts);
}

function limitedHost(options: Dict): Host {
  return limitingHost(createLocalHost(), readProgramLimits(options));
}

/** The parts that do not depend on the options. */
export type SharedParts = Pick<CallParts, 'host' | 'memory' | 'secrets' | 'keepSecret' | 'grains' | 'pillar'>;

interface PartsToComplete {
  readonly request: CallEnvironmentOptions;
  readonly shared: SharedParts;
  readonly setRetcode: (code: number) => void;
}

function completeParts({ request, shared, setRetcode }: PartsToComplete, parts: () => CallParts): CallParts {
  return {
    ...shared,
    request,
    tree: lazy(async () => (await import('./call-tree.ts')).createCallTree(request)),
    templates: lazy(async () => (await import('./call-templates.ts')).createCallTemplates(parts())),
    states: lazy(async () => (await import('./state-engine.ts')).createStateEngine(parts())),
    callNested: async (name, positional, keyword) =>
      nested(await contextFor(parts(), contextNeedsOf(name), setRetcode), name, positional, keyword),
    callWhileCompiling: async (name, positional, keyword) =>
      nested(await contextFor(parts(), { grains: true, pillar: false }, setRetcode), name, positional, keyword),
    moduleContext: () => moduleContext(parts()),
    options: optionsWithGrains(request.options, () => parts().grains.peek()),
    withOptions: (options) => {
      const others: CallParts = completeParts({ request: { ...request, options }, shared, setRetcode }, () => others);
      return others;
    },
  };
}

/** Copied once for each collection of grains: every step asks for them. */
function optionsWithGrains(own: Dict, grains: () => Dict): () => Dict {
  let held: { readonly grains: Dict; readonly options: Dict } | undefined;
  return () => {
    const current = grains();
    if (held?.grains !== current) held = { grains: current, options: new Map([...own, ['grains', current]]) };
    return held.options;
  };
}

function compilerOf({ link }: CallEnvironmentOptions, secrets: RunSecrets, parts: () => CallParts): PillarCompiler {
  if (link !== undefined) return createMasterPillarCompiler(link, secrets, () => parts().grains.current());
  return async (wish, visible) => (await import('./local-pillar.ts')).compileLocalPillar(parts(), wish, visible);
}

/** What a function of some needs sees. */
export async function contextFor(
  parts: CallParts,
  needs: ContextNeeds,
  setRetcode: (code: number) => void,
): Promise<FunctionContext> {
  if (needs.grains || needs.pillar) await parts.grains.current();
  if (needs.pillar) await parts.pillar.current();
  return functionContext(parts, setRetcode);
}

async function nested(
  context: FunctionContext,
  name: string,
  positional: readonly Value[],
  keyword: Dict,
): Promise<Value> {
  return (await runFunction({ table: { functions: functionTable }, name, positional, keyword, context })).value;
}

function moduleContext(parts: CallParts): ModuleContext {
  const { request } = parts;
  return {
    grains: parts.grains.peek(),
    pillar: parts.pillar.peek(),
    options: parts.options(),
    log: request.log,
    signal: request.signal,
    memory: parts.memory,
    keepSecret: parts.keepSecret,
    ...masterSide(request),
    fileServer: stoppableFiles(lazyFileServer(parts), request.signal),
    render: async (wanted) => (await parts.templates()).render(wanted),
    call: (name, positional = [], keyword = new Map()) => parts.callNested(name, positional, keyword),
  };
}

function masterSide({ orchestration, compiling }: CallEnvironmentOptions): Pick<ModuleContext, 'orchestration'> {
  const port = orchestration?.portFor() ?? compiling;
  return port === undefined ? {} : { orchestration: port };
}

function functionContext(parts: CallParts, setRetcode: (retcode: number) => void): FunctionContext {
  const { request, grains, pillar } = parts;
  return {
    ...moduleContext(parts),
    host: parts.host,
    setRetcode,
    renderPipeline: async (wanted) => (await parts.templates()).renderPipeline(wanted),
    states: { run: async (wanted) => (await parts.states()).run(wanted) },
    ...(request.link === undefined ? {} : { master: masterPort(request.link) }),
    ...(request.daemon === undefined
      ? {}
      : {
          jobs: createJobsPort(request.daemon, request.jid),
          companions: createCompanionsPort(request.daemon),
          ...ownKey(request.daemon),
          ...ownEnd(request.daemon, request.jid),
        }),
    pillarSource: {
      compile: (wish) => pillar.compile(wish),
      refresh: () => pillar.refresh(),
      version: () => pillar.version(),
      originsOf: (path) => pillar.originsOf(path),
    },
    grainsSource: { file: grains.file, refresh: () => grains.refresh() },
    events: createEventsPort(request),
    catalogue,
    jid: request.jid,
    ...(request.asker === undefined ? {} : { asker: request.asker }),
  };
}

function lazyFileServer({ tree }: CallParts): ModuleContext['fileServer'] {
  return {
    fetch: async (url, saltenv, wish) => (await tree()).server.fetch(url, saltenv, wish),
    cached: async (url, saltenv) => (await tree()).server.cached(url, saltenv),
    listFiles: async (saltenv, prefix) => (await tree()).server.listFiles(saltenv, prefix),
    listDirectories: async (saltenv, prefix) => (await tree()).server.listDirectories(saltenv, prefix),
    listEmptyDirectories: async (saltenv, prefix) => (await tree()).server.listEmptyDirectories(saltenv, prefix),
    listSymlinks: async (saltenv, prefix) => (await tree()).server.listSymlinks(saltenv, prefix),
    environments: async () => (await tree()).server.environments(),
  };
}

function ownKey(daemon: MasterLink): Pick<FunctionContext, 'renewKey'> {
  return { renewKey: async () => String((await ask(daemon, 'local.renew-key', {}))['fingerprint']) };
}

function ownEnd(daemon: MasterLink, jid: string): Pick<FunctionContext, 'endMinion'> {
  return {
    endMinion: async (restart) => {
      const { pid, from, command } = (await ask(daemon, 'local.end', { jid, restart })) as {
        readonly pid: number;
        readonly from?: 'setting' | 'argv';
        readonly command?: readonly string[];
      };
      return from === undefined || command === undefined ? { pid } : { pid, restart: { from, command } };
    },
  };
}

function masterPort(link: MasterLink): NonNullable<FunctionContext['master']> {
  return { request: async (verb, body) => toValue((await ask(link, verb, toPlain(body))) as Plain) };
}
/** What is built in. */
export const catalogue: Catalogue = {
  functionNames: () => Object.keys(functionTable).toSorted(),
  stateNames: () => Object.keys(stateTable).toSorted(),
  describeFunction: async (name) =>
    Object.hasOwn(functionTable, name)
      ? describeFunction(await findFunction({ functions: functionTable }, name))
      : undefined,
  describeState: async (name) => {
    const declaration = Object.hasOwn(stateTable, name) ? await stateTable[name]?.() : undefined;
    return declaration === undefined ? undefined : describeFunction(declaration);
  },
};
