import type { Plain } from '@brine/common';
import { z } from 'zod';
import { lineText, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteMysqlText, type MysqlServer } from '../../providers/databases/mysql.ts';
import { ask, connection, execute, readVersion, toPlain } from './server.ts';

export const version = defineFunction({
  name: 'mysql.version',
  ignoresOthers: true,
  summary: 'The version of the server; an empty text when it cannot be reached.',
  args: z.object(connection),
  examples: ["'*' mysql.version"],
  run: (args, context) => readVersion(context, args),
});

export const status = defineFunction({
  name: 'mysql.status',
  ignoresOthers: true,
  summary: 'The counters of the server by name.',
  args: z.object(connection),
  examples: ["'*' mysql.status"],
  async run(args, context) {
    const rows = (await ask(context, args, 'SHOW STATUS')) ?? [];
    return Object.fromEntries(rows.map((row) => [row['Variable_name'] ?? '', row['Value'] ?? '']));
  },
});

export const processlist = defineFunction({
  name: 'mysql.processlist',
  ignoresOthers: true,
  summary: 'What the server is working on.',
  args: z.object(connection),
  examples: ["'*' mysql.processlist"],
  async run(args, context) {
    const rows = (await ask(context, args, 'SHOW FULL PROCESSLIST')) ?? [];
    const number = (value: string | null | undefined): Plain => (value === null ? null : Number(value));
    return rows.map((row): Plain => ({ ...row, Id: number(row['Id']), Time: number(row['Time']) }));
  },
});

export const showvariables = variables('mysql.showvariables', 'SHOW VARIABLES', 'this connection');
export const showglobal = variables('mysql.showglobal', 'SHOW GLOBAL VARIABLES', 'the server');

function variables(name: string, sql: string, whose: string) {
  return defineFunction({
    ignoresOthers: true,
    name,
    summary: `The settings of ${whose}.`,
    args: z.object(connection),
    examples: [`'*' ${name}`],
    run: async (args, context) => toPlain(await ask(context, args, sql)),
  });
}

export const getMasterStatus = replication('mysql.get_master_status', 'SHOW MASTER STATUS', 'a server others copy');
export const getSlaveStatus = replication('mysql.get_slave_status', 'SHOW SLAVE STATUS', 'a copy of another server');

function replication(name: string, sql: string, whose: string) {
  return defineFunction({
    ignoresOthers: true,
    name,
    summary: `How far replication is, on ${whose}; empty when it is none.`,
    args: z.object(connection),
    examples: [`'*' ${name}`],
    run: async (args, context) => toPlain(await ask(context, args, sql))[0] ?? [],
  });
}

export const slaveLag = defineFunction({
  name: 'mysql.slave_lag',
  ignoresOthers: true,
  summary: 'Seconds a copy is behind: -1 when it is none, -2 when it does not run, -3 when it cannot be reached.',
  args: z.object(connection),
  examples: ["'*' mysql.slave_lag"],
  async run(args, context) {
    const rows = await ask(context, args, 'SHOW SLAVE STATUS');
    if (rows === undefined && (await readVersion(context, args)) === '') return -3;
    const [row] = rows ?? [];
    if (row === undefined) return -1;
    const behind = row['Seconds_Behind_Master'];
    return row['Slave_IO_Running'] === 'Yes' ? (behind === null ? null : Number(behind)) : -2;
  },
});

export const freeSlave = defineFunction({
  name: 'mysql.free_slave',
  ignoresOthers: true,
  summary:
    'Makes a copy a server of its own: `promoted`, `failed`, or an empty text when it cannot be reached or is none.',
  args: z.object(connection),
  examples: ["'*' mysql.free_slave"],
  async run(args, context) {
    const [row] = (await ask(context, args, 'SHOW SLAVE STATUS')) ?? [];
    if (row === undefined) return '';
    await execute(context, args, 'STOP SLAVE;\nRESET SLAVE ALL');
    const left = await ask(context, args, 'SHOW SLAVE STATUS');
    return (left ?? []).length === 0 ? 'promoted' : 'failed';
  },
});

const plugin = lineText()
  .refine((value) => /^\w+$/.test(value), 'must be the name of a plugin')
  .describe('Name of the plugin.');

export const pluginsList = defineFunction({
  name: 'mysql.plugins_list',
  ignoresOthers: true,
  summary: 'The plugins of the server and their states.',
  args: z.object(connection),
  examples: ["'*' mysql.plugins_list"],
  async run(args, context) {
    const rows = (await ask(context, args, 'SHOW PLUGINS')) ?? [];
    return rows.map((row): Plain => ({ name: row['Name'] ?? '', status: row['Status'] ?? '' }));
  },
});

export const pluginStatus = defineFunction({
  name: 'mysql.plugin_status',
  ignoresOthers: true,
  summary: 'The state of a plugin, e.g. `ACTIVE`; an empty text when it is not there.',
  args: z.object({ name: plugin, ...connection }),
  examples: ["'*' mysql.plugin_status auth_socket"],
  run: (args, context) => readPlugin(context, args, args.name),
});

async function readPlugin(context: FunctionContext, server: MysqlServer, name: string): Promise<string> {
  const where = `PLUGIN_NAME = ${quoteMysqlText(name)}`;
  const rows = await ask(context, server, `SELECT PLUGIN_STATUS FROM INFORMATION_SCHEMA.PLUGINS WHERE ${where}`);
  return rows?.[0]?.['PLUGIN_STATUS'] ?? '';
}

export const pluginAdd = defineFunction({
  name: 'mysql.plugin_add',
  ignoresOthers: true,
  summary: 'Installs a plugin; answers whether it is there then.',
  args: z.object({
    name: plugin,
    soname: optional(lineText().refine((value) => /^[\w.-]+$/.test(value), 'must be the name of a library')).describe(
      'Its library; its name with `.so` unless given.',
    ),
    ...connection,
  }),
  examples: ["'*' mysql.plugin_add auth_socket"],
  async run(args, context) {
    if ((await readPlugin(context, args, args.name)) !== '') return true;
    const library = quoteMysqlText(args.soname ?? `${args.name}.so`);
    return execute(context, args, `INSTALL PLUGIN ${args.name} SONAME ${library}`);
  },
});

export const pluginRemove = defineFunction({
  name: 'mysql.plugin_remove',
  ignoresOthers: true,
  summary: 'Removes a plugin; answers whether it is gone then.',
  args: z.object({ name: plugin, ...connection }),
  examples: ["'*' mysql.plugin_remove auth_socket"],
  async run(args, context) {
    if ((await readPlugin(context, args, args.name)) === '') return true;
    return execute(context, args, `UNINSTALL PLUGIN ${args.name}`);
  },
});
