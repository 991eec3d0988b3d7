import type { Value } from '@brine/common';

/** What a query answered. */
export interface SqlAnswer {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/** An open database. */
export interface SqlDatabase {
  /** Runs a query; every place for a value in it is filled with `parameter`. */
  query(sql: string, parameter: string): Promise<SqlAnswer>;
  close(): Promise<void>;
}

/** Where a PostgreSQL database is. */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Opens the databases that pillar is read from. */
export interface SqlDatabases {
  /** Throws when the file is not there. `timeout`: seconds to wait for one that is locked. */
  openSqlite(file: string, timeout: number): Promise<SqlDatabase>;
  openPostgres(place: PostgresPlace): Promise<SqlDatabase>;
}
