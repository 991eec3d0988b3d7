import type { Dict, Logger, SourceSpan, StateRuns, Value } from '@brine/common';
import type { Host, ReadHost } from './host.ts';
import type { Machine } from './machine.ts';
import type { OrchestrationPort } from './orchestration.ts';

/** A file fetched from the file server (or a URL) into the minion's cache. */
export interface FetchedFile {
  /** Absolute path in the cache. Never change it. */
  readonly path: string;
  /** Hex SHA-256 of the content. */
  readonly sha256: string;
  /** Permission bits on the server, when known (for `mode: keep`). */
  readonly mode?: number;
}

/** A digest that makes a copy in the cache good enough. */
export interface ExpectedDigest {
  /** A Node hash name, e.g. `sha256`. */
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly digest: string;
}

/** How a file of another server is fetched. */
export interface FetchWish {
  readonly expected?: ExpectedDigest;
  /** `false` takes any certificate of a web server; the minion's configuration decides unless given. */
  readonly verifiesCertificates?: boolean;
  /** Ends the fetching with what it was aborted with. */
  readonly signal?: AbortSignal;
}

/** The file server as a minion sees it: the master's, or the local roots of a masterless one. */
export interface FileServer {
  /**
   * Fetches `salt://PATH` (also with `?saltenv=ENV`); `undefined` when no such file is served. An `http(s)://` or
   * `ftp://` URL is downloaded, unless the copy in the cache has the digest expected or its server says that it is
   * current; throws `remote-file` when it cannot be had.
   */
  fetch(url: string, saltenv: string, wish?: FetchWish): Promise<FetchedFile | undefined>;
  /** Where the minion's cache has a copy of a URL; `undefined` when it has none. Fetches nothing. */
  cached(url: string, saltenv: string): Promise<string | undefined>;
  /** Paths of all files below a prefix, sorted; relative to the environment's root. */
  listFiles(saltenv: string, prefix?: string): Promise<readonly string[]>;
  listDirectories(saltenv: string, prefix?: string): Promise<readonly string[]>;
  listEmptyDirectories(saltenv: string, prefix?: string): Promise<readonly string[]>;
  listSymlinks(saltenv: string, prefix?: string): Promise<ReadonlyMap<string, string>>;
  environments(): Promise<readonly string[]>;
}

/** A text to render and what its template sees beside the usual variables. */
export interface RenderRequest {
  readonly text: string;
  /** How the text is named in errors and what `tpldir`, `tplfile` derive from, e.g. `web/files/site.conf`. */
  readonly file: string;
  /** Only `jinja` exists; others are refused with an error that says so. */
  readonly engine: string;
  readonly context: Dict;
  readonly saltenv: string;
}

/** A text to put through a pipeline of renderers. */
export interface PipelineRequest {
  readonly text: string;
  /** How the text is named in errors and what `tpldir`, `tplfile` derive from. */
  readonly file: string;
  /** Renderers for a text without a renderer line, e.g. `jinja|yaml`; the configured ones unless given. */
  readonly pipeline?: string;
  /** What templates see beside the usual variables. */
  readonly context: Dict;
  readonly saltenv: string;
}

/** What both kinds of modules get. Everything a module needs comes in here; there are no globals. */
export interface ModuleContext {
  readonly grains: Dict;
  /** The pillar this run is pinned to, with `pillar=` of the command line merged in. */
  readonly pillar: Dict;
  /** The minion's configuration under Salt's key names (`opts`). */
  readonly options: Dict;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly fileServer: FileServer;
  readonly render: (request: RenderRequest) => Promise<string>;
  /** Calls an execution function by its name. */
  readonly call: (name: string, positional?: readonly Value[], keyword?: Dict) => Promise<Value>;
  /** Facts that a run looks up once (a package database, say); keyed by the module, shared by all steps of a run. */
  readonly memory: Map<string, unknown>;
  /** Has a text that was decrypted hidden from now on wherever the call is told of: logs, returns, events. */
  readonly keepSecret?: (text: string) => Promise<void>;
  /** The master, in its orchestrations; absent on minions. */
  readonly orchestration?: OrchestrationPort;
}

/** What a state's check sees. */
export interface StateContext extends ModuleContext {
  readonly host: ReadHost;
  readonly step: StepIdentity;
  /** What `file.accumulated` and its like handed to this step: name → texts, in order. */
  readonly accumulated: ReadonlyMap<string, readonly string[]>;
  /** Arguments the schema does not name, of a state that accepts them; empty otherwise. */
  readonly unknownArguments: Dict;
  /** The low chunks of the steps that this step's `require` (of either direction) names. */
  readonly requiredSteps: readonly Dict[];
  /** The low chunks of the steps whose `require` or `watch` (of either direction) names this one; absent outside of runs. */
  readonly dependentSteps?: () => readonly Dict[];
  /** In `onWatch`: the steps whose changes fired the watch. */
  readonly firedBy?: readonly { readonly state: string; readonly id: string }[];
}

/** Which step of which file a state runs for. */
export interface StepIdentity {
  readonly id: string;
  readonly sls: string;
  readonly saltenv: string;
  /** `file.managed` and so on. */
  readonly function: string;
}

/** What an execution function sees. */
export interface FunctionContext extends ModuleContext {
  readonly host: Host;
  /** Sets Salt's `retcode` of the call; 0 unless set. */
  readonly setRetcode: (retcode: number) => void;
  /** Renders data through a pipeline, for `slsutil.renderer`, `jinja.*` and the like. Throws addressed problems. */
  readonly renderPipeline?: (request: PipelineRequest) => Promise<Value>;
  /** State runs, for `state.*`; absent where a call may not start one. */
  readonly states?: StateRuns;
  /** The master, for `event.send`, `mine.get` and the like; absent in a masterless call. */
  readonly master?: MasterPort;
  /** The jobs of this minion, for `saltutil.running` and its kin; absent in a masterless call. */
  readonly jobs?: JobsPort;
  /** Gives the minion a new key, which its master takes on the word of the old one; answers its fingerprint. */
  renewKey?(): Promise<string>;
  /**
   * Has the daemon of this minion end once the job that asks has its return on the disk, and start again if it can; absent
   * where none runs.
   */
  endMinion?(restarts: boolean): Promise<MinionEnd>;
  /** The schedule, the converge loop and the beacons of the daemon; absent where none runs. */
  readonly companions?: CompanionsPort;
  /** The events of the daemons on this machine, for `state.event` and `event.fire`. */
  readonly events?: EventsPort;
  readonly pillarSource: PillarSource;
  readonly grainsSource: GrainsSource;
  /** The table this function was found in, for `sys.*`. */
  readonly catalogue: Catalogue;
  readonly jid: string;
  /**
   * The minion that had this job published by `publish.publish`: its master knows it by the session that asked. No argument
   * can set it; absent in everybody else's calls.
   */
  readonly asker?: string;
  /**
   * Whether a person or a job called this function itself, rather than a template, a state or another function.
   * `cmd.*` then has a shell unless told otherwise. Set by `callFunction`.
   */
  readonly isDirect?: boolean;
  /** The machine apart from files and programs; the local one unless given. */
  readonly machine?: Machine;
}

/** How a daemon ends that was asked to. */
export interface MinionEnd {
  /** Its process. */
  readonly pid: number;
  /** What starts it again; absent when nothing does, or nothing was to. */
  readonly restart?: { readonly from: 'setting' | 'argv'; readonly command: readonly string[] };
}

/** What the connected master answers. */
export interface MasterPort {
  request(verb: string, body: Value): Promise<Value>;
}

/** The jobs a minion is working on. */
export interface JobsPort {
  /** In Salt's shape: `jid`, `fun`, `arg`, `tgt`, `user`, `pid` … */
  running(): Promise<readonly Dict[]>;
  /** Sends a signal, by number, to a job's processes; false when there is no such job. */
  signal(jid: string, signal: number): Promise<boolean>;
}

/** The event buses of this machine. */
export interface EventsPort {
  /**
   * The events of the daemon here from now on, until the call is cancelled. Throws when none listens in `sockDir`
   * (the configured folder unless given).
   */
  watch(node: 'minion' | 'master', sockDir: string | undefined): AsyncIterable<BusEvent>;
  /** Tells those who watch the minion's events; false when no minion runs here. */
  fire(tag: string, data: Value): Promise<boolean>;
  /** Shows a text to whoever called, at once. */
  print(text: string): Promise<void>;
}

/** One event of a bus. */
export interface BusEvent {
  readonly tag: string;
  readonly data: Value;
}

/** What the daemon of this minion does by itself. */
export interface CompanionsPort {
  /** Asks one of them, by name: `ask('schedule', {func: 'list'})`. */
  ask(name: string, request: Dict): Promise<Value>;
}

/** Compiling pillar anew (`pillar.items`), beside the one the run is pinned to. */
export interface PillarSource {
  compile(options: {
    readonly pillarenv?: string;
    readonly override?: Dict;
    /** One external pillar more, as `ext_pillar` of the configuration writes it: `{NAME: CONFIGURATION}`. */
    readonly external?: Dict;
  }): Promise<Dict>;
  /** Compiles the pillar anew and pins the call to it; answers its version. Throws with all problems. */
  refresh(): Promise<string>;
  /** The version of the pillar that the call is pinned to; `undefined` when none was compiled yet. */
  version(): string | undefined;
  /** Where the value at a path of keys was set, in the order of merging: the last place won. */
  originsOf(path: readonly string[]): Promise<readonly SourceSpan[]>;
}

/** Collecting grains anew, and the file `grains.setval` writes. */
export interface GrainsSource {
  refresh(): Promise<Dict>;
  /** Absolute path of the custom grains file. */
  readonly file: string;
}

/** What is built in, for documentation functions and "did you mean". */
export interface Catalogue {
  functionNames(): readonly string[];
  stateNames(): readonly string[];
  describeFunction(name: string): Promise<ModuleDescription | undefined>;
  describeState(name: string): Promise<ModuleDescription | undefined>;
}

/** The documentation of one function or state, from its declaration. */
export interface ModuleDescription {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly arguments: readonly ArgumentDescription[];
  /** The member that takes positional arguments left over, when there is one. */
  readonly variadic?: string;
  /** The member that takes unknown keyword arguments, when there is one. */
  readonly keywords?: string;
  /** Whether it leaves out keyword arguments that it does not have. */
  readonly ignoresOthers?: boolean;
}

/** One argument of a {@link ModuleDescription}, in positional order. */
export interface ArgumentDescription {
  readonly name: string;
  readonly required: boolean;
  readonly default?: Value;
  readonly description: string;
}
