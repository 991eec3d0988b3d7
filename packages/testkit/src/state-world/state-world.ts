import {
  isDict,
  loadYaml,
  silentLogger,
  systemClock,
  toPlain,
  toValue,
  type Clock,
  type Dict,
  type Plain,
  type Value,
  type StateAnswer,
  type StateRequestKind,
  type StateRuns,
} from '@brine/common';
import {
  createStateRuns,
  type ConditionPort,
  type Renderer,
  type ShellOptions,
  type StateFiles,
  type StateRunPorts,
} from '@brine/sls';
import { createWorldStates } from './world-states.ts';

/** What a state world starts from. */
export interface StateWorldSetup {
  /** `ENV/path` → text of the tree: `base/top.sls`. Files are YAML alone, without templates. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Plain;
  readonly grains?: Plain;
  readonly pillar?: Plain;
  /** Settings that steps find and set. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Answers of execution functions. */
  readonly call?: ConditionPort['call'];
  /** Exit codes of shell lines other than `true` and `false`. */
  readonly exitCodes?: Readonly<Record<string, number>>;
  readonly paths?: readonly string[];
  readonly ports?: Partial<StateRunPorts>;
}

/** A machine of settings, with a state engine over it: everything around the engine is a fake. */
export interface StateWorld {
  readonly runs: StateRuns;
  readonly ports: StateRunPorts;
  /** What `world.set` has set. */
  readonly settings: Map<string, string>;
  /** What ran, in order: names of `world.run` and `world.wait`, `NAME=VALUE` of `world.set`. */
  readonly trace: string[];
  /** Shell lines that conditions ran, with their options. */
  readonly shellLines: { readonly line: string; readonly options: ShellOptions }[];
  /** Calls a `state.*` function with plain arguments. */
  request(kind: StateRequestKind, positional?: readonly Plain[], keyword?: Plain): Promise<StateAnswer>;
  /** Applies the named files: results by id, in the order of the run. */
  apply(mods: string, keyword?: Plain): Promise<WorldResult[]>;
}

/** One return of a run, without times. */
export interface WorldResult {
  readonly id: unknown;
  readonly result: unknown;
  readonly comment: unknown;
  readonly changes: unknown;
  readonly run: unknown;
}

/** Creates a machine of settings and a state engine over it. */
export function createStateWorld(setup: StateWorldSetup = {}): StateWorld {
  const settings = new Map(Object.entries(setup.settings ?? {}));
  const trace: string[] = [];
  const shellLines: StateWorld['shellLines'] = [];
  const ports: StateRunPorts = {
    files: createFiles(setup.files ?? {}),
    renderer: yamlRenderer,
    library: createWorldStates({ settings, trace }),
    conditions: createConditions(setup, shellLines),
    pillar: ({ override }) => {
      const pillar: Dict = new Map([...asDict(setup.pillar), ...(override ?? [])]);
      return Promise.resolve({ pillar, problems: [] });
    },
    grains: () => asDict(setup.grains),
    options: asDict(setup.options),
    minionId: 'web1',
    jid: '20260101000000000000',
    clock: setup.clock ?? systemClock,
    log: silentLogger,
    signal: new AbortController().signal,
    lock: {
      acquire: () => Promise.resolve({ release: () => Promise.resolve() }),
      holders: () => Promise.resolve([]),
    },
    ...setup.ports,
  };
  const runs = createStateRuns(ports);
  const request: StateWorld['request'] = (kind, positional = [], keyword) =>
    runs.run({ kind, positional: positional.map(toValue), keyword: asDict(keyword) });
  return {
    runs,
    ports,
    settings,
    trace,
    shellLines,
    request,
    apply: async (mods, keyword) => resultsOf((await request('sls', [mods], keyword)).value),
  };
}

/** The returns of a run in their order; throws when the run did not come to be. */
export function resultsOf(returns: Value): WorldResult[] {
  if (!isDict(returns)) throw new Error(`no returns but ${JSON.stringify(toPlain(returns))}`);
  return [...returns.values()].map((answer) => {
    const member = (key: string): unknown => toPlain(isDict(answer) ? (answer.get(key) ?? null) : null);
    return {
      id: member('__id__'),
      result: member('result'),
      comment: member('comment'),
      changes: { ...(member('changes') as object) },
      run: member('__run_num__'),
    };
  });
}

function asDict(plain: Plain): Dict {
  const value = toValue(plain ?? {});
  if (!isDict(value)) throw new Error('not a dict');
  return value;
}

const yamlRenderer: Renderer = {
  render({ text, file }) {
    const document = loadYaml(text, { file });
    return Promise.resolve({
      value: document.value,
      positionOf: (container, key) => document.positionOf(container, key as Value & number),
      isAggregate: () => false,
      warnings: [],
    });
  },
};

function createFiles(entries: Readonly<Record<string, string>>): StateFiles {
  const environments = new Map<string, Map<string, string>>([['base', new Map()]]);
  for (const [name, text] of Object.entries(entries)) {
    const slash = name.indexOf('/');
    const saltenv = name.slice(0, slash);
    const files = environments.get(saltenv) ?? new Map<string, string>();
    environments.set(saltenv, files.set(name.slice(slash + 1), text));
  }
  const textOf = (path: string, saltenv: string): string | undefined => environments.get(saltenv)?.get(path);
  return {
    environments: () => Promise.resolve([...environments.keys()]),
    readText: (path, saltenv) => {
      const text = textOf(path, saltenv);
      return Promise.resolve(text === undefined ? undefined : { text, file: path });
    },
    exists: (path, saltenv) => Promise.resolve(textOf(path, saltenv) !== undefined),
    listFiles: (saltenv) => Promise.resolve([...(environments.get(saltenv)?.keys() ?? [])].toSorted()),
  };
}

function createConditions(
  { call, exitCodes = {}, paths = [] }: StateWorldSetup,
  shellLines: StateWorld['shellLines'],
): ConditionPort {
  return {
    shell(line, options) {
      shellLines.push({ line, options });
      const exitCode = line === 'true' ? 0 : (exitCodes[line] ?? 1);
      return Promise.resolve({ exitCode, stdout: '', stderr: '' });
    },
    call: call ?? ((name) => Promise.reject(new Error(`no function ${name}`))),
    has: (name) => call !== undefined && !name.startsWith('nosuch.'),
    pathExists: (path) => Promise.resolve(paths.includes(path)),
  };
}
