import type { DataSeal } from '@brine/bus';
import { decodeValue, encodeValue, isDict, pythonStr, type Dict, type Logger, type Value } from '@brine/common';
import type { AutomationStore } from '../automation/automation-store.ts';
import { asDict, decodeRecord, encodeRecord, type OrchestrationRecord } from './orchestration-record.ts';

/**
 * What is on disk of the orchestrations that have not ended: what was asked for, what it was compiled to, what became
 * of each step. Sealed, for pillar stands in it. What a promise resolves for is durable.
 */
export interface OrchestrationBook {
  begin(record: OrchestrationRecord): Promise<void>;
  open(): readonly OrchestrationRecord[];
  /** Writes down what a run was compiled to. */
  pin(jid: string, compiled: Value): Promise<void>;
  pinned(jid: string): Value | undefined;
  /** A step is about to do something that cannot be taken up. */
  changing(jid: string, tag: string, facts: Dict): Promise<void>;
  ended(jid: string, tag: string, outcome: Value): Promise<void>;
  /** By tag: the steps that began to do something, and those that ended. */
  steps(jid: string): { readonly changing: ReadonlyMap<string, Dict>; readonly ended: ReadonlyMap<string, Value> };
  /** Keeps a value of a step under a name of its own. */
  note(jid: string, key: string, value: Value): Promise<void>;
  noted(jid: string, key: string): Value | undefined;
  /** The values under all names that end so. */
  notes(jid: string, ending: string): readonly Value[];
  /** What holds or ends it: step id → mark. */
  setMarks(jid: string, marks: Dict): Promise<void>;
  marks(jid: string): Dict;
  forget(jid: string): Promise<void>;
}

const recordKind = 'orchestration';

/** Keeps orchestrations in the store of the master's automation. */
export function createOrchestrationBook(store: AutomationStore, seal: DataSeal, logger: Logger): OrchestrationBook {
  const kindOf = (jid: string): string => `orchestration ${jid}`;
  const put = async (jid: string, name: string, value: Value): Promise<void> =>
    store.setFact(kindOf(jid), name, seal.seal(encodeValue(value), `${kindOf(jid)} ${name}`));
  const open = (jid: string, name: string, sealed: Uint8Array): Value | undefined => {
    const plain = seal.open(sealed, `${kindOf(jid)} ${name}`);
    if (plain === undefined) logger.error('what is kept of an orchestration cannot be opened', { jid, name });
    return plain === undefined ? undefined : decodeValue(plain);
  };
  const all = (jid: string): readonly (readonly [string, Value])[] =>
    [...store.facts(kindOf(jid))].flatMap(([name, sealed]) => {
      const value = open(jid, name, sealed);
      return value === undefined ? [] : [[name, value] as const];
    });
  const one = (jid: string, name: string): Value | undefined => {
    const sealed = store.fact(kindOf(jid), name);
    return sealed === undefined ? undefined : open(jid, name, sealed);
  };
  return {
    begin: async (record) => store.setFact(recordKind, record.jid, seal.seal(encodeRecord(record), recordKind)),
    open: () =>
      [...store.facts(recordKind)].flatMap(([jid, sealed]) => {
        const plain = seal.open(sealed, recordKind);
        if (plain === undefined) logger.error('what is kept of an orchestration cannot be opened', { jid });
        return plain === undefined ? [] : [decodeRecord(plain)];
      }),
    pin: (jid, compiled) => put(jid, 'pin', compiled),
    pinned: (jid) => one(jid, 'pin'),
    changing: (jid, tag, facts) => put(jid, `changing ${tag}`, facts),
    ended: (jid, tag, outcome) => put(jid, `ended ${tag}`, outcome),
    steps: (jid) => stepsIn(all(jid)),
    note: (jid, key, value) => put(jid, `note ${key}`, value),
    noted: (jid, key) => one(jid, `note ${key}`),
    notes: (jid, ending) =>
      all(jid).flatMap(([name, value]) => (name.startsWith('note ') && name.endsWith(ending) ? [value] : [])),
    setMarks: (jid, marks) => put(jid, 'marks', marks),
    marks: (jid) => asDict(one(jid, 'marks')),
    async forget(jid) {
      await store.removeFact(recordKind, jid);
      await store.removeFacts(kindOf(jid));
    },
  };
}

function stepsIn(facts: readonly (readonly [string, Value])[]): ReturnType<OrchestrationBook['steps']> {
  const named = <Kept>(prefix: string, read: (value: Value) => Kept): ReadonlyMap<string, Kept> =>
    new Map(
      facts.flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), read(value)] as const] : [],
      ),
    );
  return { changing: named('changing ', asDict), ended: named('ended ', (value) => value) };
}

/** The marks of an orchestration as the state engine reads them. */
export function readMarks(marks: Dict): ReadonlyMap<string, { readonly kill?: boolean; readonly duration?: number }> {
  return new Map(
    [...marks].map(([id, mark]) => {
      const given = isDict(mark) ? mark : new Map<Value, Value>();
      const duration = given.get('duration');
      return [
        pythonStr(id),
        {
          ...(given.get('kill') === true ? { kill: true } : {}),
          ...(duration === undefined || duration === null ? {} : { duration: Number(duration) }),
        },
      ];
    }),
  );
}
