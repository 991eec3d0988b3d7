import type Database from 'libsql';
import { leaveCleanEnd } from '../store/clean-end-store.ts';
import { createGroupCommit } from '../store/group-commit.ts';
import { openDatabase } from '../store/sqlite-job-store.ts';
import { createDamageTeller, salvageDamaged, type StoreWatch } from '../store/store-watch.ts';

/** An event that reactions wait for. */
export interface StoredEvent {
  readonly sequence: number;
  readonly tag: string;
  /** `encodeValue` of its payload. */
  readonly payload: Uint8Array;
}

/** What the master's automation keeps on disk. What a promise resolves for is durable. */
export interface AutomationStore {
  /** Facts of a kind by name; the values are the owner's business. */
  facts(kind: string): ReadonlyMap<string, Uint8Array>;
  fact(kind: string, name: string): Uint8Array | undefined;
  setFact(kind: string, name: string, value: Uint8Array): Promise<void>;
  removeFact(kind: string, name: string): Promise<void>;
  /** Removes all facts of a kind. */
  removeFacts(kind: string): Promise<void>;
  /** Appends an event. */
  addEvent(tag: string, payload: Uint8Array): Promise<void>;
  /** The oldest events after a sequence number. */
  eventsAfter(sequence: number, limit: number): readonly StoredEvent[];
  /** Forgets an event that was dealt with. */
  removeEvent(sequence: number): Promise<void>;
  countEvents(): number;
  close(): Promise<void>;
}

const schema = `
  CREATE TABLE IF NOT EXISTS facts (kind TEXT, name TEXT, value BLOB NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, tag TEXT NOT NULL, payload BLOB NOT NULL);
`;

type Row = Readonly<Record<string, unknown>>;

/**
 * Opens the database of the master's automation, creating it for the owner alone; a damaged one is put aside, and what can
 * be read of it goes on in a new one. Throws `store-unusable`.
 */
export function openAutomationStore(
  path: string,
  now: () => number = Date.now,
  watch: StoreWatch = {},
): AutomationStore {
  const open = (place: string): Database.Database => openDatabase(place, (opened) => void opened.exec(schema));
  // Every fact and every event stands for itself: none has another half.
  salvageDamaged(path, { now, watch, open, settle: () => {} });
  const database = open(path);
  const damage = createDamageTeller(watch);
  const commit = createGroupCommit((work) => damage.watching(() => database.transaction(work)()));
  const all = (sql: string, ...values: unknown[]): readonly Row[] =>
    damage.watching(() => database.prepare(sql).all(...values) as Row[]);
  const write = async (sql: string, ...values: unknown[]): Promise<void> => {
    await commit.write(() => database.prepare(sql).run(...values));
  };
  return {
    facts: (kind) =>
      new Map(
        all('SELECT name, value FROM facts WHERE kind = ?', kind).map((row) => [
          String(row['name']),
          bytes(row['value']),
        ]),
      ),
    fact: (kind, name) => {
      const [row] = all('SELECT value FROM facts WHERE kind = ? AND name = ?', kind, name);
      return row === undefined ? undefined : bytes(row['value']);
    },
    setFact: (kind, name, value) =>
      write('INSERT OR REPLACE INTO facts (kind, name, value) VALUES (?, ?, ?)', kind, name, Buffer.from(value)),
    removeFact: (kind, name) => write('DELETE FROM facts WHERE kind = ? AND name = ?', kind, name),
    removeFacts: (kind) => write('DELETE FROM facts WHERE kind = ?', kind),
    addEvent: (tag, payload) => write('INSERT INTO events (tag, payload) VALUES (?, ?)', tag, Buffer.from(payload)),
    eventsAfter: (sequence, limit) =>
      all(
        'SELECT sequence, tag, payload FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?',
        sequence,
        limit,
      ).map((row) => ({ sequence: Number(row['sequence']), tag: String(row['tag']), payload: bytes(row['payload']) })),
    removeEvent: (sequence) => write('DELETE FROM events WHERE sequence = ?', sequence),
    countEvents: () => Number(all('SELECT count(*) AS count FROM events')[0]?.['count'] ?? 0),
    close: async () => {
      await commit.drain();
      database.close();
      if (!damage.isDamaged) leaveCleanEnd(path);
    },
  };
}

function bytes(value: unknown): Uint8Array {
  return new Uint8Array(value as Buffer);
}
