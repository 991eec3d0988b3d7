import { parseMinionId, silentLogger, type Clock, type MinionId } from '@brine/common';
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
  const clock = createManualClock();
  const network = createMemoryTransport(options.network);
  const masterIdentity = generateIdentity('master').identity;
  const sequenceStore = createSequenceStore();
  const log: string[] = [];
  const candidates: Candidate[] = [];
  const verdicts = new Map<string, Verdict>();
  const minions: TestMinion[] = [];

  const createMaster = (identity: Identity, ports: { publishPort: number; returnPort: number }): MasterBus =>
    createMasterBus({
      identity,
      transport: network,
      clock,
      logger: silentLogger,
      interface: '127.0.0.1',
      ...ports,
      sequenceStore,
      authorize: async (candidate) => {
        candidates.push(candidate);
        return verdicts.get(candidate.id) ?? 'accepted';
      },
      onRequest: options.onRequest ?? (async (id, verb, body) => bytes(`master ${id} ${verb} ${text(body)}`)),
      onConnected: (id) => log.push(`${id} connected`),
      onDisconnected: (id, reason) => log.push(`${id} disconnected: ${reason}`),
      onAcknowledged: (id, publicationId) => log.push(`${id} acknowledged ${publicationId}`),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });

  let master = createMaster(masterIdentity, { publishPort: 0, returnPort: 0 });
  const ports = await master.start();
  return {
    clock,
    network,
    masterIdentity,
    get master() {
      return master;
    },
    ports,
    log,
    candidates,
    verdicts,
    addMinion: async (id, overrides = {}) => {
      const address = { host: 'master', port: ports.returnPort };
      const limits = options.limits === undefined ? {} : { limits: options.limits };
      const connection = { transport: network, clock, master: address, masterIdentity };
      const minion = createTestMinion(id, connection, { ...limits, ...overrides });
      minions.push(minion);
      minion.bus.start();
      await settle();
      return minion;
    },
    restartMaster: async (identity = masterIdentity) => {
      await master.stop();
      await settle();
      master = createMaster(identity, ports);
      await master.start();
      return master;
    },
    stop: async () => {
      for (const minion of minions) await minion.bus.stop();
      await master.stop();
    },
  };
}
