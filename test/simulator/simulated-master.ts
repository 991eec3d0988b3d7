import { join } from 'node:path';
import { createDataSeal, createMasterBus, generateIdentity, type MasterBus, type Transport } from '@brine/bus';
import {
  createJidGenerator,
  decodeMessage,
  encodeMessage,
  silentLogger,
  watchClock,
  type Jid,
  type MinionId,
} from '@brine/common';
import { createEventBus } from '../../packages/master/src/events/event-bus.ts';
import { createDispatcher } from '../../packages/master/src/jobs/dispatcher.ts';
import { createMinionDirectory, type MinionDirectory } from '../../packages/master/src/minions/minion-directory.ts';
import { openSqliteStore } from '../../packages/master/src/store/sqlite-job-store.ts';
import type { Store } from '../../packages/master/src/store/store.ts';
import { answerVerb, type VerbServices } from '../../packages/master/src/verbs/verb-table.ts';
import { createProcessTransport } from './simulated-network.ts';
import { createProcessClock, type ProcessClock, type VirtualTime } from './virtual-time.ts';

/** A master whose job store outlives its processes. */
export interface SimulatedMaster {
  readonly isRunning: boolean;
  start(): Promise<void>;
  /** Ends the process at once. */
  kill(): void;
  readonly skew: number;
  setSkew(milliseconds: number): void;
  /** Resolves with the job's id once it is accepted; never, when the process ends before. */
  submit(minions: readonly MinionId[], deliverWithin: number): Promise<Jid>;
  /** The job store as it is on the disk. */
  readStore<Result>(read: (store: Store) => Promise<Result>): Promise<Result>;
}

export const simulatedPorts = { publish: 4505, ret: 4506 };

interface RunningMaster {
  readonly clock: ProcessClock;
  readonly dispatcher: ReturnType<typeof createDispatcher>;
  stop(): void;
}

// oxlint-disable-next-line max-lines-per-function -- one process from its start to its end, whose parts need each other
export function createSimulatedMaster(surroundings: {
  readonly time: VirtualTime;
  readonly transport: Transport;
  /** A folder of the real disk, for SQLite. */
  readonly folder: string;
  readonly minions: readonly MinionId[];
  random(): number;
}): SimulatedMaster {
  const { time, folder, minions } = surroundings;
  const { identity } = generateIdentity('master');
  const file = join(folder, 'jobs.db');
  const finished: Store[] = [];
  let skew = 0;
  let current: RunningMaster | undefined;

  // oxlint-disable-next-line max-lines-per-function -- wires the parts as the daemon does
  async function start(): Promise<void> {
    // What the killed process had handed to SQLite is on the disk or not, as with a real one.
    for (const store of finished.splice(0)) await store.close();
    const ownClock = createProcessClock(time, skew);
    const clock = watchClock(ownClock);
    const network = createProcessTransport(surroundings.transport);
    const opened = openSqliteStore(file, () => clock.now());
    const life = { isAlive: true };
    const store = fence(opened, life);
    const events = createEventBus(clock);
    const parts = { store, clock, logger: silentLogger };
    const seal = createDataSeal(new Uint8Array(32));
    const known = { ...parts, seal, acceptedIds: () => minions, nodegroups: () => new Map() };
    const directory = await createMinionDirectory(known);
    const later: { bus?: MasterBus } = {};
    const bus = (): MasterBus => {
      if (later.bus === undefined) throw new Error('too early');
      return later.bus;
    };
    const dispatcher = createDispatcher({
      ...{ ...parts, directory, events, policy: () => {}, random: () => surroundings.random() },
      transport: {
        publish: async (publication) => bus().publish(publication),
        withdraw: (jid, minion) => bus().withdraw(jid, [minion]),
        cancel: async (minion, jid) => {
          const body = encodeMessage({ jid, force: false });
          return (
            (decodeMessage(await bus().request(minion, 'job.cancel', body)) as { cancelled?: unknown }).cancelled ===
            true
          );
        },
      },
      nextJid: createJidGenerator(() => clock.now(), await store.lastJid()),
    });
    // The verbs of jobs work with nothing else.
    const services = {
      ...{ dispatcher, directory, events, masterVersion: '0', sharedOptions: () => new Map() },
    } as unknown as VerbServices;
    later.bus = createMasterBus({
      ...{ identity, transport: network.transport, clock, logger: silentLogger, interface: '0.0.0.0' },
      ...{ publishPort: simulatedPorts.publish, returnPort: simulatedPorts.ret },
      sequenceStore: {
        load: async () => store.counter('publication-sequence'),
        save: async (reserved) => store.setCounter('publication-sequence', reserved),
      },
      authorize: async () => 'accepted',
      onRequest: async (minion, verb, body) => answerVerb({ minion, verb, body }, services),
      onConnected: (minion) => changed(directory, minion, true),
      onDisconnected: (minion) => changed(directory, minion, false),
      onAcknowledged: (minion, jid) => void dispatcher.delivered(minion, jid).catch(() => {}),
    });
    const changed = (target: MinionDirectory, minion: MinionId, isConnected: boolean): void => {
      target.setConnected(minion, isConnected);
      dispatcher.connectionsChanged();
    };
    clock.onStep((milliseconds) => {
      later.bus?.clockStepped(milliseconds);
      dispatcher.clockStepped(milliseconds).catch(() => {});
    });
    current = {
      clock: ownClock,
      dispatcher,
      stop: () => {
        life.isAlive = false;
        ownClock.stop();
        network.stop();
        finished.push(opened);
      },
    };
    await bus().start();
    await dispatcher.start();
  }

  return {
    get isRunning() {
      return current !== undefined;
    },
    start,
    kill: () => {
      current?.stop();
      current = undefined;
    },
    get skew() {
      return skew;
    },
    setSkew: (milliseconds) => {
      skew = milliseconds;
      current?.clock.setSkew(milliseconds);
    },
    submit: async (targets, deliverWithin) => {
      if (current === undefined) throw new Error('the master is down');
      const target = { type: 'list', expression: targets.join(',') } as const;
      const request = { target, fun: 'test.echo', positional: [], keyword: new Map(), deliverWithin };
      const { jid } = await current.dispatcher.submit(request, { via: 'socket', user: 'root' });
      return jid as Jid;
    },
    readStore: async (read) => {
      for (const store of finished.splice(0)) await store.close();
      const store = openSqliteStore(file, () => 0);
      try {
        return await read(store);
      } finally {
        await store.close();
      }
    },
  };
}

/** A store whose answers nobody gets any more once the process is dead. */
function fence(store: Store, life: { isAlive: boolean }): Store {
  const forever = new Promise<never>(() => {});
  const guarded = Object.entries(store).map(([name, method]) => {
    const call = async (...given: unknown[]): Promise<unknown> => {
      if (!life.isAlive) return forever;
      const result = await (method as (...all: unknown[]) => Promise<unknown>)(...given);
      return life.isAlive ? result : forever;
    };
    return [name, call] as const;
  });
  return Object.fromEntries(guarded) as unknown as Store;
}
