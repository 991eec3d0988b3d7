import { readTextFile, replaceFile } from '@brine/daemon';

/** A run that did something to a resource. */
export interface LedgerRun {
  readonly jid: string;
  readonly user: string;
  readonly fun: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** What is known of something that states keep, or kept. */
export interface LedgerEntry {
  readonly kind: string;
  readonly name: string;
  /** Where it is declared, or was last. */
  readonly id: string;
  readonly sls: string;
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
  /** The run that changed it last. */
  readonly lastChange?: LedgerRun;
  /** The highstate that no longer declared it. */
  readonly orphanedBy?: LedgerRun;
}

/** The ledger of a minion: `kind:name` → entry. */
export type Ledger = Readonly<Record<string, LedgerEntry>>;

/** The name of the ledger in the cache folder. */
export const ledgerFile = 'ownership.json';

/** The file of a ledger. */
export interface LedgerFile {
  /** One that cannot be read is begun anew. */
  read(): Promise<Ledger>;
  /** Replaces the whole. */
  write(ledger: Ledger): Promise<void>;
}

/** The ledger in `file`, which comes to be with what is written first. */
export function openLedger(file: string): LedgerFile {
  return {
    read: async () => {
      try {
        return JSON.parse((await readTextFile(file)) ?? '{}') as Ledger;
      } catch {
        return {};
      }
    },
    write: (ledger) => replaceFile(file, JSON.stringify(ledger), 0o600),
  };
}
