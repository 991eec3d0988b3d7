import { parseMinionId, silentLogger, type Clock, type Logger, type MinionId } from '@brine/common';
import {
  createMasterBus,
  createMemoryTransport,
  createMinionBus,
  generateIdentity,
  type BusLimits,
  type Candidate,
  type Identity,
  type MasterBus,
  type MemoryTransport,
  type MemoryTransportOptions,
  type MinionBus,
  type MinionBusOptions,
  type MinionState,
  type MinionStateDetails,
  type ReceivedPublication,
  type Transport,
  type Verdict,
} from '../src/index.ts';
import { unknownTransition } from '../src/states.ts';
import { createManualClock, settle, type ManualClock } from './manual-clock.ts';

/** A minion of a test, with what it went through. */
export interface TestMinion {
  readonly id: MinionId;
  readonly bus: MinionBus;
  readonly states: MinionState[];
  readonly details: MinionStateDetails[];
  readonly publications: ReceivedPublication[];
}

/** A master and its minions on one transport. */
export interface Fleet {
  readonly clock: ManualClock;
  readonly network: MemoryTransport;
  readonly masterIdentity: Identity;
  readonly master: MasterBus;
  readonly ports: { readonly publishPort: number; readonly returnPort: number };
  /** What the master's callbacks told, one line each. */
  readonly log: string[];
  readonly candidates: Candidate[];
  /** What the key store says of an id; `accepted` when it says nothing. */
  readonly verdicts: Map<string, Verdict>;
  addMinion(id: string, overrides?: Partial<MinionBusOptions>): Promise<TestMinion>;
  /** Another master behind the same ports, as after a restart. */
  restartMaster(identity?: Identity): Promise<MasterBus>;
  stop(): Promise<void>;
}

/** What a fleet can be told. */
export interface FleetOptions {
  readonly network?: MemoryTransportOptions;
  readonly limits?: Partial<BusLimits>;
  readonly onRequest?: (minionId: MinionId, verb: string, body: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
}

export function minionId(text: string): MinionId {
  const id = parseMinionId(text);
  if (id === undefined) throw new Error(`${text} is not a minion id`);
  return id;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** Where a sequence is kept in a test; survives the bus that uses it. */
export function createSequenceStore(): { load(): bigint; save(value: bigint): void; saved: bigint } {
  return {
    saved: 0n,
    load() {
      return this.saved;
    },
    save(value) {
      this.saved = value;
    },
  };
}

/** Keeps, of all that is logged, what must never be: changes of state that the protocol does not have. */
function createStateWatch(violations: string[]): Logger {
  const watch: Logger = {
    ...silentLogger,
    error(message, data) {
      if (message === unknownTransition) violations.push(JSON.stringify(data));
    },
    child: () => watch,
  };
  return watch;
}

/** Makes a minion that writes down what happens to it. */
export function createTestMinion(
  id: string,
  options: { transport: Transport; clock: Clock; master: MinionBusOptions['master']; masterIdentity: Identity },
  overrides: Partial<MinionBusOptions> = {},
): TestMinion {
  const states: MinionState[] = [];
  const details: MinionStateDetails[] = [];
  const publications: ReceivedPublication[] = [];
  const bus = createMinionBus({
    identity: generateIdentity('minion').identity,
    id: minionId(id),
    transport: options.transport,
    clock: options.clock,
    logger: silentLogger,
    random: () => 0.5,
    master: options.master,
    trust: { kind: 'pinned', publicKey: options.masterIdentity.publicKey },
    sequenceStore: createSequenceStore(),
    onPublication: async (publication) => {
      publications.push(publication);
    },
    onRequest: async (verb, body) => bytes(`${id} ${verb} ${text(body)}`),
    onState: (state, about) => {
      states.push(state);
      details.push(about);
    },
    ...overrides,
  });
  return { id: minionId(id), bus, states, details, publications };
}

/** Starts a master on a network in memory, under a clock that stands still. */
export async function createFleet(options: FleetOptions = {}): Promise<Fleet> {
  const fleet = new MemoryFleet(options);
  await fleet.start();
  return fleet;
}

class MemoryFleet implements Fleet {
  readonly clock = createManualClock();
  readonly network: MemoryTransport;
  readonly masterIdentity = generateIdentity('master').identity;
  readonly log: string[] = [];
  readonly candidates: Candidate[] = [];
  readonly verdicts = new Map<string, Verdict>();
  master: MasterBus;
  ports = { publishPort: 0, returnPort: 0 };
  readonly #options: FleetOptions;
  readonly #sequenceStore = createSequenceStore();
  readonly #minions: TestMinion[] = [];
  readonly #violations: string[] = [];

  constructor(options: FleetOptions) {
    this.#options = options;
    this.network = createMemoryTransport(options.network);
    this.master = this.#createMaster(this.masterIdentity);
  }

  async start(): Promise<void> {
    this.ports = await this.master.start();
  }

  async addMinion(id: string, overrides: Partial<MinionBusOptions> = {}): Promise<TestMinion> {
    const { network, clock, masterIdentity } = this;
    const master = { host: 'master', port: this.ports.returnPort };
    const limits = this.#options.limits ?? {};
    const minion = createTestMinion(
      id,
      { transport: network, clock, master, masterIdentity },
      { limits, logger: createStateWatch(this.#violations), ...overrides },
    );
    this.#minions.push(minion);
    minion.bus.start();
    await settle();
    return minion;
  }

  async restartMaster(identity = this.masterIdentity): Promise<MasterBus> {
    await this.master.stop();
    await settle();
    this.master = this.#createMaster(identity);
    await this.start();
    return this.master;
  }

  async stop(): Promise<void> {
    for (const minion of this.#minions) await minion.bus.stop();
    await this.master.stop();
    if (this.#violations.length > 0) throw new Error(`no such change of state: ${this.#violations.join(', ')}`);
  }

  #createMaster(identity: Identity): MasterBus {
    return createMasterBus({
      identity,
      transport: this.network,
      clock: this.clock,
      logger: createStateWatch(this.#violations),
      interface: '127.0.0.1',
      ...this.ports,
      sequenceStore: this.#sequenceStore,
      authorize: async (candidate) => {
        this.candidates.push(candidate);
        return this.verdicts.get(candidate.id) ?? 'accepted';
      },
      onRequest: this.#options.onRequest ?? (async (id, verb, body) => bytes(`master ${id} ${verb} ${text(body)}`)),
      onTwin: ({ id }) => this.log.push(`${id} is a twin`),
      onConnected: (id) => this.log.push(`${id} connected`),
      onDisconnected: (id, reason) => this.log.push(`${id} disconnected: ${reason}`),
      onAcknowledged: (id, publicationId) => this.log.push(`${id} acknowledged ${publicationId}`),
      limits: this.#options.limits ?? {},
    });
  }
}
