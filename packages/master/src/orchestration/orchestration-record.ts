import { decodeValue, encodeValue, isDict, pythonStr, toValue, type Dict, type Jid, type Value } from '@brine/common';

/** An orchestration as it was asked for. */
export interface OrchestrationRecord {
  readonly jid: Jid;
  /** The runner: `state.orchestrate`. */
  readonly runner: string;
  /** The function of the state engine that does it: `state.sls`. */
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** Who asked, for records. */
  readonly user: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** A record as bytes. */
export function encodeRecord(record: OrchestrationRecord): Uint8Array {
  return encodeValue(toValue({ ...record, positional: [...record.positional] }));
}

/** Reads a record that {@link encodeRecord} wrote. */
export function decodeRecord(bytes: Uint8Array): OrchestrationRecord {
  const value = asDict(decodeValue(bytes));
  const text = (key: string): string => pythonStr(value.get(key) ?? '');
  return {
    jid: text('jid') as Jid,
    runner: text('runner'),
    fun: text('fun'),
    positional: asList(value.get('positional')),
    keyword: asDict(value.get('keyword')),
    user: text('user'),
    startedAt: Number(value.get('startedAt')),
  };
}

/** A value that is known to be a dict; an empty one otherwise. */
export function asDict(value: Value | undefined): Dict {
  return value !== undefined && isDict(value) ? value : new Map();
}

/** A value that is known to be a list; an empty one otherwise. */
export function asList(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}
