import { createMinionBus, generateIdentity, type Transport } from '@brine/bus';
import {
  AppError,
  encodeValue,
  parseMinionId,
  silentLogger,
  type JobReturn,
  type MinionId,
  type Value,
} from '@brine/common';
import { createJobJournal, type JobJournal } from '../../packages/minion/src/daemon/job-journal.ts';
import { createMinionDaemon } from '../../packages/minion/src/daemon/minion-daemon.ts';
import type { WorkerLauncher } from '../../packages/minion/src/daemon/worker-port.ts';
import type { RecordLog } from '../../packages/minion/src/store/record-log-store.ts';
import type { Chance } from './chance.ts';
import { createProcessTransport } from './simulated-network.ts';
import { createProcessClock, type ProcessClock, type VirtualTime } from './virtual-time.ts';

/** A minion whose disk outlives its processes. */
export interface SimulatedMinion {
  readonly id: MinionId;
  readonly isRunning: boolean;
  /** Resolves when the daemon works: some time must pass before. */
  start(): Promise<void>;
  /** Ends the process at once; what was not on the disk is lost, or not, as chance has it. */
  kill(): void;
  /** From now on nothing can be written, until it is freed. */
  setDiskFull(isFull: boolean): void;
  readonly skew: number;
  setSkew(milliseconds: number): void;
  /** Returns that the master has not acknowledged. */
  unacknowledged(): readonly JobReturn[];
}

/** Where minions live. */
export interface MinionSurroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly transport: Transport;
  readonly masterPort: number;
  /** Whether what is on a disk outlives a kill; a minion without memory runs jobs twice, which must be seen. */
  readonly hasMemory: boolean;
  /** A job runs here and now. */
  onExecution(jid: string, minion: MinionId): void;
}

interface Disk {
  records: Uint8Array[];
  sequence: bigint;
  isFull: boolean;
}

// oxlint-disable-next-line max-lines-per-function -- one process from its start to its end, whose parts need each other
export function createSimulatedMinion(name: string, surroundings: MinionSurroundings): SimulatedMinion {
  const id = parseMinionId(name);
  if (id === undefined) throw new Error(name);
  const disk: Disk = { records: [], sequence: 0n, isFull: false };
  const { identity } = generateIdentity('minion');
  let current: { readonly clock: ProcessClock; journal?: JobJournal; stop(): void } | undefined;
  let skew = 0;
  return {
    id,
    get isRunning() {
      return current !== undefined;
    },
    unacknowledged: () => current?.journal?.unacknowledged() ?? [],
    setDiskFull: (isFull) => (disk.isFull = isFull),
    get skew() {
      return skew;
    },
    setSkew: (milliseconds) => {
      skew = milliseconds;
      current?.clock.setSkew(milliseconds);
    },
    kill: () => {
      current?.stop();
      if (!surroundings.hasMemory) disk.records = [];
      current = undefined;
    },
    start: async () => {
      const clock = createProcessClock(surroundings.time, skew);
      const network = createProcessTransport(surroundings.transport);
      const log = createSimulatedLog(disk, clock, surroundings.chance);
      const workers = createSimulatedWorkers(id, clock, surroundings);
      const running: NonNullable<typeof current> = {
        clock,
        stop: () => {
          clock.stop();
          network.stop();
          log.crash();
          workers.stop();
        },
      };
      current = running;
      const journal = await createJobJournal({
        opened: { log: log.log, records: [...disk.records], damagedBytes: 0 },
        ...{ clock, logger: silentLogger },
        hasRoom: () => !disk.isFull,
      });
      running.journal = journal;
      const daemon = await createMinionDaemon({
        createBus: (callbacks) =>
          createMinionBus({
            ...{ identity, id, transport: network.transport, clock, logger: silentLogger },
            random: () => surroundings.chance.next(),
            master: { host: 'master', port: surroundings.masterPort },
            trust: { kind: 'first-use', pin: async () => {} },
            sequenceStore: { load: () => disk.sequence, save: (highest) => void (disk.sequence = highest) },
            ...callbacks,
          }),
        ...{ journal, launcher: workers.launcher, clock, logger: silentLogger },
        random: () => surroundings.chance.next(),
        options: new Map<Value, Value>([['id', id]]),
        ...{ version: '0', saltVersion: '3006', jobLimit: 4, drainMilliseconds: 1000 },
      });
      await daemon.start();
    },
  };
}

/** A record log on a disk that needs time; a crash keeps some prefix of what was not on it yet. */
function createSimulatedLog(
  disk: Disk,
  clock: ProcessClock,
  chance: Chance,
): { readonly log: RecordLog; crash(): void } {
  let isAlive = true;
  const waiting: (() => void)[] = [];
  function later(write: () => void): Promise<void> {
    if (disk.isFull) return Promise.reject(new AppError({ code: 'journal-unwritable', message: 'the disk is full' }));
    return new Promise((resolve) => {
      waiting.push(write);
      clock.after(chance.below(10), () => {
        // Earlier writes are on the disk no later than this one.
        for (const earlier of waiting.splice(0, waiting.indexOf(write) + 1)) earlier();
        if (isAlive) resolve();
      });
    });
  }
  return {
    log: {
      append: (record) => later(() => disk.records.push(record)),
      replace: (records) => later(() => (disk.records = [...records])),
      close: async () => {},
    },
    crash: () => {
      isAlive = false;
      for (const write of waiting.splice(0, chance.below(waiting.length + 1))) write();
    },
  };
}

/** Workers that note that a job runs and return its id some time later. */
function createSimulatedWorkers(
  id: MinionId,
  clock: ProcessClock,
  surroundings: MinionSurroundings,
): { readonly launcher: WorkerLauncher; stop(): void } {
  let isAlive = true;
  const launcher: WorkerLauncher = {
    launch: (events) => {
      let isKilled = false;
      const finish = (value: Value): void => {
        if (!isAlive || isKilled) return;
        events.onMessage({ kind: 'finished', outcome: { status: 'ok', value: encodeValue(value), retcode: 0 } });
      };
      return {
        pid: 1,
        send: (message) => {
          if (!isAlive || message.kind !== 'run') return;
          const { jid } = message.job;
          if (jid === '0') {
            events.onMessage({ kind: 'grains', grains: encodeValue(new Map<Value, Value>([['id', id]])) });
            clock.after(1, () => finish([]));
            return;
          }
          surroundings.onExecution(jid, id);
          clock.after(surroundings.chance.below(3000), () => finish(`${jid} ${id}`));
        },
        kill: async () => {
          if (isKilled) return;
          isKilled = true;
          events.onExit('signal SIGKILL');
        },
      };
    },
  };
  return { launcher, stop: () => (isAlive = false) };
}
