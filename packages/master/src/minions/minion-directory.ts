import {
  decodeValue,
  encodeValue,
  isDict,
  matchTarget,
  validateTarget,
  type Clock,
  type Dict,
  type Logger,
  type MatchSubject,
  type MinionId,
  type Problem,
  type Target,
  type Value,
} from '@brine/common';
import type { MinionRecord, Store } from '../store/store.ts';

/** What a minion said of itself when it connected. */
export interface MinionReport {
  readonly grains: Dict;
  readonly version: string;
  readonly saltVersion: string;
}

/** The accepted minions: what is known of them, who is connected, who matches a target. */
export interface MinionDirectory {
  /** Ids of accepted minions that match, sorted. */
  match(target: Target): readonly MinionId[];
  /** What is wrong with a target that can match nothing; empty when it is well formed. */
  problemsOf(target: Target): readonly Problem[];
  report(id: MinionId, report: MinionReport): Promise<void>;
  rememberPillar(id: MinionId, pillar: Dict): void;
  forget(id: MinionId): Promise<void>;
  grainsOf(id: MinionId): Dict;
  /** A minion as targets see it. */
  subjectOf(id: MinionId): MatchSubject;
  /** What is known of a minion; `undefined` before it first connected. */
  find(id: MinionId): MinionRecord | undefined;
  readonly connected: ReadonlySet<MinionId>;
  setConnected(id: MinionId, isConnected: boolean): void;
}

/** What a directory works with. */
export interface MinionDirectoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly acceptedIds: () => readonly MinionId[];
  readonly nodegroups: Dict;
}

/** Loads what earlier connections left in the store. */
export async function createMinionDirectory(options: MinionDirectoryOptions): Promise<MinionDirectory> {
  const { store, clock, logger } = options;
  const records = new Map((await store.minions()).map((record) => [record.id, record]));
  const grains = new Map<MinionId, Dict>();
  const pillars = new Map<MinionId, Dict>();
  const connected = new Set<MinionId>();

  function grainsOf(id: MinionId): Dict {
    const known = grains.get(id);
    if (known !== undefined) return known;
    const record = records.get(id);
    const decoded = record === undefined ? undefined : readGrains(record, logger);
    const result = decoded ?? new Map<Value, Value>([['id', id]]);
    grains.set(id, result);
    return result;
  }

  const pillarOf = (id: MinionId): Dict => pillars.get(id) ?? new Map<Value, Value>();
  const subjectOf = (id: MinionId): MatchSubject => ({ id, grains: grainsOf(id), pillar: () => pillarOf(id) });
  return {
    connected,
    grainsOf,
    subjectOf,
    find: (id) => records.get(id),
    match(target) {
      const nodegroups = options.nodegroups;
      return options.acceptedIds().filter((id) => {
        return matchTarget(target, subjectOf(id), { nodegroups });
      });
    },
    problemsOf: (target) => validateTarget(target, { nodegroups: options.nodegroups }),
    async report(id, { grains: told, version, saltVersion }) {
      grains.set(id, told);
      const record = { id, grains: encodeValue(told), version, saltVersion, seenAt: clock.now() };
      records.set(id, record);
      await store.saveMinion(record);
    },
    rememberPillar(id, pillar) {
      pillars.set(id, pillar);
    },
    async forget(id) {
      grains.delete(id);
      pillars.delete(id);
      records.delete(id);
      await store.removeMinion(id);
    },
    setConnected(id, isConnected) {
      if (isConnected) connected.add(id);
      else connected.delete(id);
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
