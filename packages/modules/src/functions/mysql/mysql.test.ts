import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDict, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalHost } from '../../index.ts';
import { bindStateArguments, type StateContext } from '../../kit/index.ts';
import { callScratch, createScratchContext } from '../../../test-support/scratch-context.ts';

// A real server in a scratch folder, reached by its socket alone.
const folder = mkdtempSync(join(tmpdir(), 'brine-mysql-'));
const socket = join(folder, 'socket');
let server: ChildProcess;

beforeAll(async () => {
  const common = ['--no-defaults', `--datadir=${folder}/data`, '--user=root'];
  const install = [...common, '--auth-root-authentication-method=normal', '--skip-test-db'];
  execFileSync('mariadb-install-db', install, { stdio: 'ignore' });
  const isUp = new Promise<void>((resolve, reject) => {
    const watcher = watch(folder, () => {
      if (!existsSync(socket)) return;
      watcher.close();
      resolve();
    });
    server = spawn('mariadbd', [...common, `--socket=${socket}`, '--skip-networking'], { stdio: 'ignore' });
    server.once('error', reject);
  });
  await isUp;
}, 120_000);

afterAll(async () => {
  await new Promise((resolve) => {
    server.once('exit', resolve);
    server.kill();
  });
  rmSync(folder, { recursive: true });
});

async function call(name: string, positional: readonly Plain[] = [], keyword: Readonly<Record<string, Plain>> = {}) {
  const options = { 'mysql.unix_socket': socket, 'mysql.user': 'root' };
  return (await callScratch(`mysql.${name}`, { positional, keyword, options, host: createLocalHost() })).value;
}

function member(value: Value, key: string): Value | undefined {
  return isDict(value) ? value.get(key) : undefined;
}

describe('mysql', () => {
  it('makes, looks at and removes databases', async () => {
    expect(await call('version')).toMatch(/^\d+\.\d+/);
    expect(await call('db_create', ["we`ird'name", 'latin1'])).toBe(true);
    expect(await call('db_create', ["we`ird'name"])).toBe(false);
    expect(await call('db_get', ["we`ird'name"])).toEqual(
      toValue({ character_set: 'latin1', collate: 'latin1_swedish_ci' }),
    );
    expect(await call('alter_db', ["we`ird'name"], { character_set: 'utf8mb4', collate: 'utf8mb4_bin' })).toBe(true);
    expect(await call('db_get', ["we`ird'name"])).toEqual(
      toValue({ character_set: 'utf8mb4', collate: 'utf8mb4_bin' }),
    );
    expect(await call('db_remove', ["we`ird'name"])).toBe(true);
    expect(await call('db_exists', ["we`ird'name"])).toBe(false);
    expect(await call('db_remove', ['mysql'])).toBe(false);
    expect(await call('db_tables', ['nope'])).toBe(false);
  });

  it('runs statements and tells NULL from texts', async () => {
    await call('db_create', ['app']);
    const create = 'CREATE TABLE t (i INT, s VARCHAR(20))';
    expect(member(await call('query', ['app', create]), 'rows affected')).toBe(0);
    const insert = "INSERT INTO t VALUES (1, 'a<b>\t&\n'), (NULL, NULL)";
    expect(member(await call('query', ['app', insert]), 'rows affected')).toBe(2);
    const answer = await call('query', ['app', 'SELECT i, s AS `a"b` FROM t;']);
    expect(member(answer, 'columns')).toEqual(['i', 'a"b']);
    expect(member(answer, 'results')).toEqual([
      ['1', 'a<b>\t&\n'],
      [null, null],
    ]);
    expect(await call('query', ['app', "SELEKT 'geheim'"])).toBe(false);
    expect(await call('db_tables', ['app'])).toEqual(['t']);
    expect(await call('db_check', ['app', 't'])).toEqual(
      toValue([{ Table: 'app.t', Op: 'check', Msg_type: 'status', Msg_text: 'OK' }]),
    );
    const file = join(folder, 'statements.sql');
    writeFileSync(file, "-- one; two\nINSERT INTO t VALUES (2, 'x;y');\nSELECT s FROM t WHERE i = 2;\n");
    const all = await call('file_query', ['app', file]);
    expect(member(all, 'rows affected')).toBe(1);
    expect(member(all, 'results')).toEqual([[['x;y']]]);
  });

  it('makes accounts and gives and takes privileges', async () => {
    await call('db_create', ['app']);
    expect(await call('user_create', ['frank'])).toBe(false);
    expect(await call('user_create', ['frank', 'localhost', "pa'ss"])).toBe(true);
    expect(await call('user_exists', ['frank', 'localhost', "pa'ss"])).toBe(true);
    expect(await call('user_exists', ['frank', 'localhost', 'other'])).toBe(false);
    expect(await call('verify_login', ['frank', "pa'ss"])).toBe(true);
    expect(await call('user_chpass', ['frank', 'localhost', 'new'])).toBe(true);
    expect(await call('verify_login', ['frank', "pa'ss"])).toBe(false);
    expect(await call('grant_add', ['SELECT, insert', 'app.*', 'frank'])).toBe(true);
    expect(await call('grant_exists', ['INSERT', 'app.*', 'frank'])).toBe(true);
    expect(await call('grant_exists', ['UPDATE', 'app.*', 'frank'])).toBe(false);
    expect(await call('grant_revoke', ['INSERT', 'app.*', 'frank'])).toBe(true);
    expect((await call('user_grants', ['frank'])) as unknown).toContain(
      'GRANT SELECT ON `app`.* TO `frank`@`localhost`',
    );
    expect(await call('user_remove', ['frank'])).toBe(true);
    expect(await call('user_remove', ['frank'])).toBe(false);
    await expect(call('grant_add', ['ALL; DROP', 'app.*', 'frank'])).rejects.toThrow('must be privileges');
  });

  it('makes accounts of other kinds and demands something of connections', async () => {
    expect(await call('user_create', ['kind'], { password: "pa'ss", auth_plugin: 'mysql_native_password' })).toBe(true);
    expect(await call('user_exists', ['kind', 'localhost', "pa'ss"])).toBe(true);
    await expect(call('user_create', ['other'], { password: 'x', auth_plugin: "x'" })).rejects.toThrow('of a plugin');
    expect(await call('user_create', ['sock'], { unix_socket: true, allow_passwordless: true })).toBe(true);
    const demands = [{ SSL: false }, { SUBJECT: "/CN=it's" }, { ISSUER: '/CN=ca' }];
    expect(await call('grant_add', ['SELECT', 'app.*', 'kind'], { ssl_option: demands })).toBe(true);
    expect(member(await call('user_info', ['kind']), 'x509_subject')).toBe("/CN=it's");
    expect(member(await call('user_info', ['kind']), 'x509_issuer')).toBe('/CN=ca');
    await expect(call('grant_add', ['SELECT', 'app.*', 'kind'], { ssl_option: [{ TLS: 1 }] })).rejects.toThrow(
      "Invalid SSL option : 'TLS'",
    );
  });

  it('has the privileges of an account taken before it is given fewer, as the state says', async () => {
    expect(await call('grant_add', ['ALL', 'app.*', 'sock', 'localhost', true])).toBe(true);
    const { present } = await import('../../states/mysql-grants/present.ts');
    const host = createLocalHost();
    const context = createScratchContext({ host, options: { 'mysql.unix_socket': socket, 'mysql.user': 'root' } });
    const wish = { name: 'app', grant: 'SELECT', database: 'app.*', user: 'sock', revoke_first: true };
    const { args } = bindStateArguments(present, toValue(wish) as Dict);
    const look = () => present.check(args, context as unknown as StateContext);
    const outcome = await look();
    if (outcome.kind !== 'change') throw new Error(outcome.comment);
    expect(await outcome.apply(host)).toEqual({
      comment: 'Grant SELECT on app.* to sock@localhost has been added',
      changes: { app: 'Present' },
    });
    expect(await look()).toMatchObject({ kind: 'ok' });
    expect(JSON.stringify(await call('user_grants', ['sock']))).not.toMatch(/ALL|GRANT OPTION/);
  });

  it('tells how the server is', async () => {
    expect(member(await call('status'), 'Uptime')).toMatch(/^\d+$/);
    expect(await call('slave_lag')).toBe(-1);
    expect(await call('get_slave_status')).toEqual([]);
    expect(await call('plugin_status', ['mysql_native_password'])).toBe('ACTIVE');
    expect(await call('version', [], { connection_unix_socket: join(folder, 'none') })).toBe('');
    expect(await call('quote_identifier', ['a`b_c', true])).toBe('`a``b\\_c`');
  });
});
