import { decodeMessage, encodeMessage } from '@brine/common';

/** A follower that has yet to react to what an interrupted run changed. */
export interface DueFollower {
  /** Its tag. */
  readonly follower: string;
  /** Tags of the steps whose changes it is to react to. */
  readonly changed: readonly string[];
  /** When the run that owes it began; milliseconds since the Unix epoch. */
  readonly since: number;
}

/** The state run that a journal is about. */
export interface RunHeader {
  readonly jid: string;
  readonly function: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Which process runs it, see `describeOwnProcess`. */
  readonly process: string;
  /** Tags of the steps, in the order of the run. */
  readonly steps: readonly string[];
}

/** One entry of a journal. */
export type JournalRecord =
  | ({ readonly kind: 'run'; readonly due: readonly DueFollower[] } & RunHeader)
  | { readonly kind: 'begin'; readonly tag: string }
  /** The step is about to change the machine. */
  | { readonly kind: 'change'; readonly tag: string; readonly followers: readonly string[] }
  | { readonly kind: 'end'; readonly tag: string; readonly changed: boolean }
  /** All that a run which ended by itself leaves. */
  | { readonly kind: 'left'; readonly due: readonly DueFollower[] };

/** A record as bytes. */
export function encodeRecord(record: JournalRecord): Uint8Array {
  return encodeMessage(record);
}

/** Reads a record that this program wrote. */
export function decodeRecord(bytes: Uint8Array): JournalRecord {
  return decodeMessage(bytes) as JournalRecord;
}
