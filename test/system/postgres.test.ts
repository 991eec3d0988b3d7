import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain, type Plain } from '@brine/common';
import { createLocalHost } from '@brine/modules';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callScratch } from '../../packages/modules/test-support/scratch-context.ts';
import { freePort } from './free-port.ts';
import { settle } from './run-state.ts';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('PostgreSQL', () => {
  let folder = '';
  let programs = '';
  let server: Record<string, Plain> = {};
  const asPostgres = (...command: string[]): void =>
    void execFileSync('runuser', ['-u', 'postgres', '--', ...command], { cwd: '/', stdio: 'pipe' });

  beforeAll(async () => {
    const [version] = readdirSync('/usr/lib/postgresql').toSorted().toReversed();
    programs = `/usr/lib/postgresql/${version}/bin`;
    folder = mkdtempSync(join(tmpdir(), 'brine-postgres-'));
    const uid = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }));
    const gid = Number(execFileSync('id', ['-g', 'postgres'], { encoding: 'utf8' }));
    mkdirSync(join(folder, 'space'));
    for (const path of [folder, join(folder, 'space')]) chownSync(path, uid, gid);
    chmodSync(folder, 0o755);
    const port = await freePort();
    asPostgres(`${programs}/initdb`, '-D', `${folder}/cluster`, '--auth=trust', '--no-sync');
    const options = `-p ${port} -k ${folder} -c listen_addresses= -c fsync=off`;
    asPostgres(`${programs}/pg_ctl`, '-D', `${folder}/cluster`, '-w', '-l', `${folder}/log`, '-o', options, 'start');
    server = { db_host: folder, db_port: port, user: 'postgres' };
  }, 120_000);
  afterAll(() => {
    asPostgres(`${programs}/pg_ctl`, '-D', `${folder}/cluster`, '-w', '-m', 'immediate', 'stop');
    rmSync(folder, { recursive: true, force: true });
  });

  const settleHere = (name: string, args: Record<string, Plain>) => settle(name, { ...server, ...args });

  it('has roles, a database and what is in it, and loses them again', { timeout: 120_000 }, async () => {
    const db = { maintenance_db: 'shop' };
    expect(await settleHere('postgres_group.present', { name: 'readers' })).toEqual({
      comment: 'The group readers has been created',
      changes: { readers: 'Present' },
    });
    await settleHere('postgres_user.present', { name: 'shop', password: 'it\'s "secret"', groups: 'readers' });
    await settleHere('postgres_tablespace.present', { name: 'fast', directory: `${folder}/space`, owner: 'shop' });
    await settleHere('postgres_tablespace.present', {
      ...{ name: 'fast', directory: `${folder}/space`, options: { seq_page_cost: 2 } },
    });
    await settleHere('postgres_database.present', { name: 'shop', owner: 'shop' });
    await settleHere('postgres_schema.present', { name: 'reports', dbname: 'shop', owner: 'shop' });
    expect(await settleHere('postgres_extension.present', { name: 'plpgsql_none', ...db }).catch(() => 'refused')).toBe(
      'refused',
    );
    await settleHere('postgres_extension.absent', { name: 'plpgsql', ...db });
    await settleHere('postgres_extension.present', { name: 'plpgsql', ...db });
    const psql = ['psql', '-q', '-h', folder, '-p', `${server['db_port'] as number}`, 'shop'];
    asPostgres(...psql, '-c', 'CREATE TABLE "or ders" (id serial); CREATE TABLE items ()');
    const rights = { name: 'readers', object_name: 'or ders', object_type: 'table', ...db };
    expect(await settleHere('postgres_privileges.present', { ...rights, privileges: ['SELECT', 'INSERT'] })).toEqual({
      comment: 'The privilege(s): SELECT,INSERT have been granted to readers',
      changes: { readers: 'Present' },
    });
    await settleHere('postgres_privileges.present', { ...rights, privileges: ['SELECT'], grant_option: true });
    await settleHere('postgres_privileges.absent', { ...rights, privileges: ['INSERT'] });
    for (const one of [
      { object_name: 'ALL', object_type: 'table', privileges: ['ALL'] },
      { object_name: 'ALL', object_type: 'sequence', privileges: ['USAGE'] },
      { object_name: 'shop', object_type: 'database', privileges: ['CREATE'] },
      { object_name: 'reports', object_type: 'schema', privileges: ['ALL'] },
      { object_name: 'fast', object_type: 'tablespace', privileges: ['CREATE'] },
      { object_name: 'postgres', object_type: 'group' },
    ]) {
      await settleHere('postgres_privileges.present', { name: 'readers', ...one, ...db });
      await settleHere('postgres_privileges.absent', { name: 'readers', ...one, ...db });
    }
    await settleHere('postgres_schema.absent', { name: 'reports', dbname: 'shop' });
    await settleHere('postgres_database.absent', { name: 'shop' });
    await settleHere('postgres_tablespace.absent', { name: 'fast' });
    await settleHere('postgres_user.absent', { name: 'shop' });
    await settleHere('postgres_group.absent', { name: 'readers' });
  });

  it('does the same through functions', { timeout: 120_000 }, async () => {
    const host = createLocalHost();
    const place = { host: server['db_host'] ?? null, port: server['db_port'] ?? null, runas: 'postgres' };
    const call = async (name: string, args: Record<string, Plain> = {}): Promise<unknown> =>
      toPlain((await callScratch(`postgres.${name}`, { host, keyword: { ...place, ...args } })).value);

    expect(await call('version')).toMatch(/^\d+/);
    expect(await call('group_create', { groupname: 'crew' })).toBe(true);
    const role = { username: 'ann"e', createdb: true, rolepassword: "it's", groups: 'crew' };
    expect(await call('user_create', role)).toBe(true);
    expect(await call('user_create', role)).toBe(false);
    expect(await call('user_exists', { name: 'ann"e' })).toBe(true);
    expect(await call('role_get', { name: 'ann"e' })).toMatchObject({
      'can create databases': true,
      'can login': true,
      superuser: false,
      groups: ['crew'],
    });
    expect(await call('user_update', { username: 'ann"e', createdb: false, connlimit: 3 })).toBe(true);
    expect(await call('db_create', { name: 'a,b', owner: 'ann"e' })).toBe(true);
    expect([await call('db_exists', { name: 'a,b' }), await call('db_exists', { name: 'c' })]).toEqual([true, false]);
    expect(await call('db_list')).toMatchObject({ 'a,b': { Owner: 'ann"e', Tablespace: 'pg_default' } });
    expect(await call('db_create', { name: 'a,b' })).toBe(false);
    const query = 'SELECT 1 AS one, NULL AS none, E\'x\\ny,"z"\' AS text';
    expect(await call('psql_query', { query })).toEqual([{ one: '1', none: '', text: 'x\ny,"z"' }]);
    await expect(call('psql_query', { query: "SELECT nextval('none')" })).rejects.toMatchObject({
      code: 'state-failed',
    });
    expect(await call('is_installed_extension', { name: 'plpgsql' })).toBe(true);
    const wish = { name: 'plpgsql', schema: 'public', ext_version: '99.0' };
    expect(await call('create_metadata', wish)).toEqual(['EXTENSION INSTALLED', 'EXTENSION TO UPGRADE']);
    expect(await call('create_metadata', { name: 'nope' })).toEqual(['EXTENSION NOT INSTALLED']);
    expect(await call('create_extension', { name: 'plpgsql', if_not_exists: true })).toBe(true);
    expect(await call('db_alter', { name: 'a,b', owner: 'crew', owner_recurse: true })).toBe(true);
    expect(await call('db_list')).toMatchObject({ 'a,b': { Owner: 'crew' } });
    const schema = { dbname: 'a,b', db_host: place.host, db_port: place.port, user: 'postgres' };
    const ofSchema = async (name: string, more: Record<string, Plain> = {}): Promise<unknown> =>
      toPlain((await callScratch(`postgres.${name}`, { host, keyword: { ...schema, ...more } })).value);
    expect(await ofSchema('schema_create', { name: 'own', owner: 'crew' })).toBe(true);
    expect(await ofSchema('schema_get', { name: 'own' })).toEqual({ owner: 'crew', acl: '' });
    expect(await ofSchema('schema_remove', { name: 'own' })).toBe(true);
    expect(await ofSchema('schema_exists', { name: 'own' })).toBe(false);
    expect(await call('db_remove', { name: 'a,b' })).toBe(true);
    expect(await call('user_remove', { username: 'ann"e' })).toBe(true);
    expect(await call('group_remove', { groupname: 'crew' })).toBe(true);
    expect(await call('user_exists', { name: 'ann"e' })).toBe(false);
  });

  it('gives rights, languages, spaces and owners through functions', { timeout: 120_000 }, async () => {
    const host = createLocalHost();
    const place = { host: server['db_host'] ?? null, port: server['db_port'] ?? null, runas: 'postgres' };
    const call = async (name: string, args: Record<string, Plain> = {}): Promise<unknown> =>
      toPlain((await callScratch(`postgres.${name}`, { host, keyword: { ...place, ...args } })).value);
    const ofClusters = async (name: string, positional: readonly Plain[]): Promise<unknown> =>
      toPlain((await callScratch(`postgres.${name}`, { host, positional })).value);
    const database = { maintenance_db: 'rights' };
    await call('user_create', { username: 'ann', login: true });
    await call('group_create', { groupname: 'staff' });
    await call('db_create', { name: 'rights' });
    const table = { ...database, query: 'SELECT 1 AS one', write: true };
    expect(await call('psql_query', table)).toEqual([{ one: '1' }]);
    await settleHere('postgres_schema.present', { name: 'own', dbname: 'rights' });

    expect(await call('language_list', database)).toMatchObject({ plpgsql: 'plpgsql', sql: 'sql' });
    expect(await call('language_remove', { name: 'plpgsql', ...database })).toBe(false);
    expect(await call('language_exists', { name: 'perl', ...database })).toBe(false);
    expect(await call('language_create', { name: 'plpgsql', ...database })).toBe(false);

    const right = { name: 'ann', object_name: 'own', object_type: 'schema', privileges: 'USAGE', ...database };
    expect(await call('has_privileges', right)).toBe(false);
    expect(await call('privileges_grant', { ...right, grant_option: true })).toBe(true);
    expect(await call('privileges_grant', right)).toBe(false);
    expect(await call('privileges_list', { name: 'own', object_type: 'schema', ...database })).toEqual({
      postgres: { CREATE: false, USAGE: false },
      ann: { USAGE: true },
    });
    expect(await call('has_privileges', { ...right, privileges: 'USAGE,CREATE' })).toBe(false);
    expect(await call('has_privileges', { ...right, name: 'postgres', privileges: 'ALL' })).toBe(true);
    expect(await call('privileges_revoke', right)).toBe(true);
    expect(await call('privileges_revoke', right)).toBe(false);
    await expect(call('privileges_grant', { ...right, privileges: 'SELECT' })).rejects.toThrow('Invalid privilege(s)');
    await expect(call('privileges_list', { name: 'x', object_type: 'box' })).rejects.toThrow('Invalid object_type');
    const member = { name: 'ann', object_name: 'staff', object_type: 'group' };
    expect([await call('privileges_grant', member), await call('has_privileges', member)]).toEqual([true, true]);
    expect(await call('privileges_list', { name: 'staff', object_type: 'group' })).toEqual({ ann: false });
    expect(await call('privileges_revoke', member)).toBe(true);

    const space = { name: 'more', location: `${folder}/space`, owner: 'ann', options: { seq_page_cost: '1.5' } };
    expect(await call('tablespace_create', space)).toBe(true);
    const changed = { name: 'more', new_owner: 'staff', reset_option: 'seq_page_cost', new_name: 'less' };
    expect(await call('tablespace_alter', changed)).toBe(true);
    expect(await call('tablespace_list')).toMatchObject({ less: { Owner: 'staff', Opts: '' } });
    expect(await call('tablespace_remove', { name: 'less' })).toBe(true);
    expect(await call('tablespace_remove', { name: 'less' })).toBe(false);

    expect(await call('owner_to', { dbname: 'rights', ownername: 'ann' })).toBe(true);
    expect(await call('db_list')).toMatchObject({ rights: { Owner: 'ann' } });
    expect(await call('owner_to', { dbname: 'rights', ownername: 'nobody "' })).toBe(false);
    expect(await call('db_remove', { name: 'rights' })).toBe(true);

    const made = `${folder}/data`;
    expect(await ofClusters('datadir_exists', [made])).toBe(false);
    const wish = { name: made, auth: 'peer', runas: 'postgres' };
    const init = async (): Promise<unknown> =>
      (await callScratch('postgres.datadir_init', { host, keyword: wish })).value;
    expect([await init(), await init(), await ofClusters('datadir_exists', [made])]).toEqual([true, false, true]);
    expect(await ofClusters('cluster_exists', ['15', 'no-such'])).toBe(false);
    await expect(ofClusters('cluster_remove', ['15', '-x'])).rejects.toThrow('cannot be that of a cluster');
  });
});
