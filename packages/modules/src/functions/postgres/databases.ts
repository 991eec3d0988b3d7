import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { quoteName, quoteText } from '../../providers/databases/postgres.ts';
import { giveAway } from './owner.ts';
import { byName, execute, queryRows, serverArguments, type ServerGiven } from './server.ts';

const name = lineText().describe('Name of the database.');

export const version = defineFunction({
  name: 'postgres.version',
  summary: 'The version of the server.',
  args: z.object(serverArguments),
  examples: ["'*' postgres.version"],
  run: async (args, context) =>
    (await queryRows(context, args, "SELECT setting FROM pg_settings WHERE name = 'server_version'"))[0]?.['setting'] ??
    '',
});

export const psqlQuery = defineFunction({
  name: 'postgres.psql_query',
  summary: 'The rows a query gives, as dictionaries of texts.',
  args: z.object({
    query: text().describe('The query.'),
    ...serverArguments,
    write: withDefault(flag(), false).describe('Whether it may change something.'),
  }),
  examples: ["'*' postgres.psql_query 'select * from pg_stat_activity'"],
  run: async (args, context) => queryRows(context, args, args.query, args.write),
});

export const dbList = defineFunction({
  name: 'postgres.db_list',
  summary: 'The databases of a server, with owner, encoding and tablespace.',
  args: z.object(serverArguments),
  examples: ["'*' postgres.db_list"],
  run: (args, context) => listDatabases(context, args),
});

async function listDatabases(context: FunctionContext, given: ServerGiven) {
  const query = `SELECT datname AS "Name", pg_get_userbyid(datdba) AS "Owner", pg_encoding_to_char(encoding) AS "Encoding",
    datcollate AS "Collate", datctype AS "Ctype", datacl AS "Access privileges", spcname AS "Tablespace"
    FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace`;
  return byName(await queryRows(context, given, query), 'Name');
}

export const dbExists = defineFunction({
  name: 'postgres.db_exists',
  summary: 'Whether a server has a database.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.db_exists 'dbname'"],
  run: async (args, context) => Object.hasOwn(await listDatabases(context, args), args.name),
});

export const dbCreate = defineFunction({
  name: 'postgres.db_create',
  summary: 'Makes a database; answers whether that went well.',
  args: z.object(
    inOrder(
      {
        name,
        ...serverArguments,
        tablespace: optional(lineText()).describe('Where it lies.'),
        encoding: optional(lineText()).describe('Its encoding.'),
        lc_collate: optional(lineText()).describe('How it orders texts.'),
        lc_ctype: optional(lineText()).describe('How it classifies characters.'),
        owner: optional(lineText()).describe('Its owner.'),
        template: optional(lineText()).describe('The database it is a copy of.'),
      },
      'name user host port maintenance_db password tablespace encoding lc_collate lc_ctype owner template runas',
    ),
  ),
  examples: ["'*' postgres.db_create 'dbname'", "'*' postgres.db_create 'dbname' template=template_postgis"],
  run(args, context) {
    const names = { TABLESPACE: args.tablespace, OWNER: args.owner, TEMPLATE: args.template };
    const texts = { ENCODING: args.encoding, LC_COLLATE: args.lc_collate, LC_CTYPE: args.lc_ctype };
    const options = [
      ...Object.entries(names).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${quoteName(value)}`])),
      ...Object.entries(texts).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${quoteText(value)}`])),
    ];
    const suffix = options.length === 0 ? '' : ` WITH ${options.join(' ')}`;
    return execute(context, args, `CREATE DATABASE ${quoteName(args.name)}${suffix}`);
  },
});

export const dbAlter = defineFunction({
  name: 'postgres.db_alter',
  summary: 'Changes owner or tablespace of a database; answers whether that went well.',
  args: z.object(
    inOrder(
      {
        name,
        ...serverArguments,
        tablespace: optional(lineText()).describe('Where it is to lie.'),
        owner: optional(lineText()).describe('Its new owner.'),
        owner_recurse: withDefault(flag(), false).describe('Give all there is in it that owner as well.'),
      },
      'name user host port maintenance_db password tablespace owner owner_recurse runas',
    ),
  ),
  examples: ["'*' postgres.db_alter dbname owner=otheruser"],
  async run(args, context) {
    if (args.owner !== undefined && args.owner_recurse && !(await giveAway(context, args, args.name, args.owner)))
      return false;
    const database = `ALTER DATABASE ${quoteName(args.name)}`;
    const changes = [
      ...(args.owner === undefined ? [] : [`${database} OWNER TO ${quoteName(args.owner)}`]),
      ...(args.tablespace === undefined ? [] : [`${database} SET TABLESPACE ${quoteName(args.tablespace)}`]),
    ];
    for (const change of changes) if (!(await execute(context, args, change))) return false;
    return true;
  },
});

export const dbRemove = defineFunction({
  name: 'postgres.db_remove',
  summary: 'Removes a database; answers whether that went well.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.db_remove 'dbname'"],
  run: (args, context) => execute(context, args, `DROP DATABASE ${quoteName(args.name)}`),
});

export const tablespaceList = defineFunction({
  name: 'postgres.tablespace_list',
  summary: 'The tablespaces of a server, with owner and location.',
  args: z.object(serverArguments),
  examples: ["'*' postgres.tablespace_list"],
  run: (args, context) => listTablespaces(context, args),
});

export const tablespaceExists = defineFunction({
  name: 'postgres.tablespace_exists',
  summary: 'Whether a server has a tablespace.',
  args: z.object({ name: lineText().describe('Name of the tablespace.'), ...serverArguments }),
  examples: ["'*' postgres.tablespace_exists 'dbname'"],
  run: async (args, context) => Object.hasOwn(await listTablespaces(context, args), args.name),
});

async function listTablespaces(context: FunctionContext, given: ServerGiven) {
  const query = `SELECT spcname AS "Name", pg_get_userbyid(spcowner) AS "Owner", spcacl AS "ACL", spcoptions AS "Opts",
    pg_tablespace_location(oid) AS "Location" FROM pg_tablespace`;
  return byName(await queryRows(context, given, query), 'Name');
}

const dbname = lineText().describe('The database.');
const schemaServer = {
  user: serverArguments.runas,
  db_user: serverArguments.user,
  db_password: serverArguments.password,
  db_host: serverArguments.host,
  db_port: serverArguments.port,
};
interface SchemaGiven {
  readonly dbname: string;
  readonly user: string | undefined;
  readonly db_user: string | undefined;
  readonly db_password: string | undefined;
  readonly db_host: string | undefined;
  readonly db_port: number | undefined;
}

function schemaPlace(given: SchemaGiven): ServerGiven {
  return {
    ...{ user: given.db_user, host: given.db_host, port: given.db_port, password: given.db_password },
    ...{ runas: given.user, maintenance_db: given.dbname },
  };
}

async function listSchemas(context: FunctionContext, given: SchemaGiven) {
  const query = 'SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner, nspacl AS acl FROM pg_namespace';
  return byName(await queryRows(context, schemaPlace(given), query), 'name');
}

export const schemaList = defineFunction({
  name: 'postgres.schema_list',
  summary: 'The schemas of a database, with owner and privileges.',
  args: z.object({ dbname, ...schemaServer }),
  examples: ["'*' postgres.schema_list dbname"],
  run: (args, context) => listSchemas(context, args),
});

const schemaName = lineText().describe('Name of the schema.');

export const schemaGet = defineFunction({
  name: 'postgres.schema_get',
  summary: 'Owner and privileges of a schema; null when there is none.',
  args: z.object({ dbname, name: schemaName, ...schemaServer }),
  examples: ["'*' postgres.schema_get dbname name"],
  run: async (args, context) => (await listSchemas(context, args))[args.name] ?? null,
});

export const schemaExists = defineFunction({
  name: 'postgres.schema_exists',
  summary: 'Whether a database has a schema.',
  args: z.object({ dbname, name: schemaName, ...schemaServer }),
  examples: ["'*' postgres.schema_exists dbname schemaname"],
  run: async (args, context) => Object.hasOwn(await listSchemas(context, args), args.name),
});

export const schemaCreate = defineFunction({
  name: 'postgres.schema_create',
  summary: 'Makes a schema; answers whether that went well, false when it is there.',
  args: z.object({ dbname, name: schemaName, owner: optional(lineText()).describe('Its owner.'), ...schemaServer }),
  examples: ["'*' postgres.schema_create dbname name owner='owner'"],
  async run(args, context) {
    if (Object.hasOwn(await listSchemas(context, args), args.name)) return false;
    const owner = args.owner === undefined ? '' : ` AUTHORIZATION ${quoteName(args.owner)}`;
    return execute(context, schemaPlace(args), `CREATE SCHEMA ${quoteName(args.name)}${owner}`);
  },
});

export const schemaRemove = defineFunction({
  name: 'postgres.schema_remove',
  summary: 'Removes a schema; answers whether that went well, false when there is none.',
  args: z.object({ dbname, name: schemaName, ...schemaServer }),
  examples: ["'*' postgres.schema_remove dbname schemaname"],
  async run(args, context) {
    if (!Object.hasOwn(await listSchemas(context, args), args.name)) return false;
    return execute(context, schemaPlace(args), `DROP SCHEMA ${quoteName(args.name)}`);
  },
});
