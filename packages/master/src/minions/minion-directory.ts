import type { DataSeal, DisconnectReason } from '@brine/bus';
import {
  compileTarget,
  decodeValue,
  encodeValue,
  isDict,
  limitTime,
  targetLooksAtPillar,
  validateTarget,
  type Clock,
  type Dict,
  type Logger,
  type MatchOptions,
  type MatchSubject,
  type MinionId,
  type Problem,
  type Target,
  type Value,
} from '@brine/common';
import type { MinionRecord, Store } from '../store/store.ts';
import { createMinionDataCache, type MinionDataCache } from './minion-data-cache.ts';

/** What a minion said of itself when it connected. */
export interface MinionReport {
  readonly grains: Dict;
  readonly version: string;
  readonly saltVersion: string;
}

/** The accepted minions: what is known of them, who is connected, who matches a target. */
export interface MinionDirectory {
  /** Ids of accepted minions that match, sorted. Throws `regex-too-slow`. */
  match(target: Target, options?: Pick<MatchOptions, 'pillarIsExact'>): readonly MinionId[];
  /** Whether one minion matches. Throws `regex-too-slow`. */
  isMatch(id: MinionId, target: Target): boolean;
  /** What is wrong with a target that can match nothing; empty when it is well formed. */
  problemsOf(target: Target): readonly Problem[];
  report(id: MinionId, report: MinionReport): Promise<void>;
  /** What else is kept of minions. */
  readonly kept: MinionDataCache;
  forget(id: MinionId): Promise<void>;
  /** Forgets the grains, until the minion tells them again. */
  forgetGrains(id: MinionId): Promise<void>;
  grainsOf(id: MinionId): Dict;
  /** A minion as targets see it. */
  subjectOf(id: MinionId): MatchSubject;
  /** What is known of a minion; `undefined` before it first connected. */
  find(id: MinionId): MinionRecord | undefined;
  readonly connected: ReadonlySet<MinionId>;
  /** Those that are away and did not say that they stop: they were killed, cut off, or lost their power. */
  readonly vanished: ReadonlySet<MinionId>;
  setConnected(id: MinionId, isConnected: boolean, reason?: DisconnectReason): void;
}

/** What a directory works with. */
export interface MinionDirectoryOptions {
  readonly store: Store;
  /** Seals what is kept of minions on disk. */
  readonly seal: DataSeal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly acceptedIds: () => readonly MinionId[];
  /** The configuration's, whenever they are needed. */
  nodegroups(): Dict;
}

const nothing: Dict = new Map();

/** Milliseconds that matching one target may take: the event loop waits meanwhile. */
const matchLimit = 1000;

/** Loads what earlier connections left in the store. */
export async function createMinionDirectory(options: MinionDirectoryOptions): Promise<MinionDirectory> {
  const { acceptedIds } = options;
  const told = await createGrainMemory(options);
  const kept = await createMinionDataCache(options);
  const connected = new Set<MinionId>();
  const vanished = new Set<MinionId>();
  const subjectOf = (id: MinionId): MatchSubject => ({
    id,
    grains: told.grainsOf(id),
    pillar: () => kept.pillarOf(id)?.pillar ?? nothing,
  });
  return {
    ...told,
    connected,
    vanished,
    kept,
    subjectOf,
    match(target, how = {}) {
      const matches = compileTarget(target, { nodegroups: options.nodegroups(), ...how });
      const accepted = acceptedIds();
      // What is decoded for the first time counts for nobody's expression.
      for (const id of accepted) told.grainsOf(id);
      if (targetLooksAtPillar(target, options.nodegroups())) for (const id of accepted) kept.pillarOf(id);
      return limitTime(matchLimit, () => accepted.filter((id) => matches(subjectOf(id))));
    },
    isMatch: (id, target) =>
      limitTime(matchLimit, () => compileTarget(target, { nodegroups: options.nodegroups() })(subjectOf(id))),
    problemsOf: (target) => validateTarget(target, { nodegroups: options.nodegroups() }),
    async forget(id) {
      await told.forgetGrains(id);
      await kept.clear(id);
    },
    setConnected(id, isConnected, reason) {
      if (isConnected) connected.add(id);
      else connected.delete(id);
      if (!isConnected && (reason === 'silent' || reason === 'gone')) vanished.add(id);
      else vanished.delete(id);
    },
  };
}

type GrainMemory = Pick<MinionDirectory, 'grainsOf' | 'find' | 'report' | 'forgetGrains'>;

/** What minions told of themselves, decoded when it is first looked at. */
async function createGrainMemory({
  store,
  clock,
  logger,
}: Pick<MinionDirectoryOptions, 'store' | 'clock' | 'logger'>): Promise<GrainMemory> {
  const records = new Map((await store.minions()).map((record) => [record.id, record]));
  const grains = new Map<MinionId, Dict>();
  return {
    find: (id) => records.get(id),
    grainsOf(id) {
      const known = grains.get(id);
      if (known !== undefined) return known;
      const record = records.get(id);
      const decoded = record === undefined ? undefined : readGrains(record, logger);
      const result = decoded ?? new Map<Value, Value>([['id', id]]);
      grains.set(id, result);
      return result;
    },
    async report(id, { grains: told, version, saltVersion }) {
      grains.set(id, told);
      const record = { id, grains: encodeValue(told), version, saltVersion, seenAt: clock.now() };
      records.set(id, record);
      await store.saveMinion(record);
    },
    async forgetGrains(id) {
      grains.delete(id);
      records.delete(id);
      await store.removeMinion(id);
    },
  };
}

function readGrains(record: MinionRecord, logger: Logger): Dict | undefined {
  try {
    const value = decodeValue(record.grains);
    return isDict(value) ? value : undefined;
  } catch (error) {
    logger.warn('stored grains cannot be read; the minion will report them again', { id: record.id, error });
    return undefined;
  }
}
