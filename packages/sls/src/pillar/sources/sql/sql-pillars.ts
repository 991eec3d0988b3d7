import { getDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { ExternalPillar } from '../../external-pillar.ts';
import { sourceFault } from '../source-fault.ts';
import { mergeSqlRows } from './merge-sql-rows.ts';
import { readSqlQueries } from './read-sql-queries.ts';
import type { SqlDatabase, SqlDatabases } from './sql-database.ts';

/** `sqlite3` and `postgres`: what queries of a database answer for the id of the minion. */
export function createSqlPillars(databases: SqlDatabases): readonly ExternalPillar[] {
  return [
    createSqlPillar('sqlite3', async (options) => {
      const setting = settingsOf(options, 'sqlite3');
      const timeout = Number(pythonStr(setting('timeout') ?? 5));
      if (!(timeout >= 0)) throw sourceFault('sqlite3: timeout is no number of seconds');
      return databases.openSqlite(pythonStr(setting('database') ?? '/var/lib/salt/pillar.db'), timeout);
    }),
    createSqlPillar('postgres', async (options) => {
      const setting = settingsOf(options, 'postgres');
      const text = (key: string, otherwise: string): string => pythonStr(setting(key) ?? otherwise);
      const port = Number(text('port', '5432'));
      if (!Number.isInteger(port)) throw sourceFault(`postgres: port is no number: ${text('port', '')}`);
      const [host, user] = [text('host', 'localhost'), text('user', 'salt')];
      return databases.openPostgres({ host, port, user, password: text('pass', 'salt'), database: text('db', 'salt') });
    }),
  ];
}

/** Settings below one key, or each with it in front (`sqlite3.database`), as Salt documents them. */
function settingsOf(options: Dict, kind: string): (key: string) => Value | undefined {
  const together = getDict(options, kind);
  return (key) => together?.get(key) ?? options.get(`${kind}.${key}`) ?? undefined;
}

function createSqlPillar(name: string, open: (options: Dict) => Promise<SqlDatabase>): ExternalPillar {
  return {
    name,
    async load({ minionId, configuration, options }) {
      const queries = readSqlQueries(configuration);
      if (queries.length === 0) throw sourceFault('it has no query');
      const pillar: Dict = new Map();
      const database = await open(options);
      try {
        for (const query of queries) {
          const answer = await database.query(query.query, minionId);
          mergeSqlRows(query.root === undefined ? pillar : enterRoot(pillar, query.root), query, answer);
        }
      } finally {
        await database.close();
      }
      return pillar;
    },
  };
}

function enterRoot(pillar: Dict, root: string): Dict {
  const below: Dict = new Map();
  pillar.set(root, below);
  return below;
}
