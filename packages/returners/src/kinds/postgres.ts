import { dumpJson, pythonStr, type Dict, type Value } from '@brine/common';
import type { Client } from 'pg';
import { numberSetting, optionalText, textSetting } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';

const milliseconds = { connect: 10_000, query: 30_000 };

/** How one of the two kinds of tables differs from the other. */
interface Kind {
  readonly prefix: string;
  readonly password: 'passwd' | 'pass';
  /** The type of the columns with JSON. */
  readonly json: 'text' | 'jsonb';
  /** A column with the time, and what fills it. */
  readonly time: readonly [column: string, value: string];
}

/** Salt's tables `salt_returns` and `salt_events` with JSON in text columns. */
export const postgres = createPostgres({
  prefix: 'returner.postgres',
  password: 'passwd',
  json: 'text',
  time: ['', ''],
});

/** The same with `jsonb` columns and `alter_time`. */
export const pgjsonb = createPostgres({
  prefix: 'returner.pgjsonb',
  password: 'pass',
  json: 'jsonb',
  time: [', alter_time', ', now()'],
});

function createPostgres({ prefix, password, json: type, time: [timeColumn, timeValue] }: Kind): Returner {
  const connect = async <Result>(
    settings: ReturnerSettings,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> => withClient(settings, password, work);
  return {
    prefix,
    settings: {
      ...{ host: 'host', port: 'port', user: 'user', [password]: password, db: 'db' },
      ...{ sslmode: 'sslmode', sslrootcert: 'sslrootcert', sslcert: 'sslcert', sslkey: 'sslkey' },
    },
    defaults: { host: 'localhost', port: 5432, user: 'salt', [password]: 'salt', db: 'salt' },
    store: async (jobReturn, settings) =>
      connect(settings, async (client) => {
        const texts = ['fun', 'jid', 'id'].map((key) => pythonStr(jobReturn.get(key) ?? ''));
        const json = [jobReturn.get('return') ?? null, jobReturn].map((value) => storable(value));
        // One that comes again is in the table already.
        await client.query(
          `INSERT INTO salt_returns (fun, jid, id, return, full_ret, success${timeColumn})
           SELECT $1::varchar, $2::varchar, $3::varchar, $4::${type}, $5::${type}, $6::varchar${timeValue}
           WHERE NOT EXISTS (SELECT 1 FROM salt_returns WHERE jid = $2::varchar AND id = $3::varchar AND fun = $1::varchar)`,
          [...texts, ...json, jobReturn.get('success') === true ? 'true' : 'false'],
        );
      }),
    storeEvents: async (events, settings, { id }) =>
      connect(settings, async (client) => {
        await client.query('BEGIN');
        for (const event of events) {
          const values = [pythonStr(event.get('tag') ?? ''), storable(event.get('data') ?? null), id];
          await client.query(
            `INSERT INTO salt_events (tag, data, master_id${timeColumn}) VALUES ($1, $2, $3${timeValue})`,
            values,
          );
        }
        await client.query('COMMIT');
      }),
  };
}

/** PostgreSQL keeps no NUL in texts. */
function storable(value: Value | Dict): string {
  return dumpJson(value).replaceAll(String.raw`\u0000`, String.raw`\ufffd`);
}

async function withClient<Result>(
  settings: ReturnerSettings,
  password: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { Client: PostgresClient } = (await import('pg')).default;
  const client = new PostgresClient({
    host: textSetting(settings, 'host', 'host'),
    port: numberSetting(settings, 'port', 5432),
    user: textSetting(settings, 'user', 'user'),
    password: optionalText(settings, password) ?? '',
    database: textSetting(settings, 'db', 'db'),
    connectionTimeoutMillis: milliseconds.connect,
    query_timeout: milliseconds.query,
    ...(await sslOf(settings)),
  });
  // A connection that breaks between queries shows at the next one.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** `sslmode` as libpq knows it: `require` encrypts, `verify-ca` and `verify-full` look at the certificate too. */
async function sslOf(settings: ReturnerSettings): Promise<object> {
  const mode = optionalText(settings, 'sslmode') ?? 'disable';
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') return {};
  const { readFile } = await import('node:fs/promises');
  const read = async (name: string, member: string): Promise<object> => {
    const file = optionalText(settings, name);
    return file === undefined ? {} : { [member]: await readFile(file, 'utf8') };
  };
  const files = [await read('sslrootcert', 'ca'), await read('sslcert', 'cert'), await read('sslkey', 'key')];
  const isLoose = mode === 'require';
  const checkless = mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {};
  return { ssl: Object.assign({ rejectUnauthorized: !isLoose, ...checkless }, ...files) as object };
}
