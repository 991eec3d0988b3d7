import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plain } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { createRealRun } from './run-state.ts';

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

  /** Dry run, run, run again: what was foretold is done and then nothing is left. */
  async function settle(name: string, args: Record<string, Plain>): Promise<unknown> {
    const run = createRealRun();
    const all = { ...server, ...args };
    const pending = await run.check(name, all);
    expect(pending.kind, JSON.stringify(pending)).toBe('change');
    const applied = await run.apply(name, all);
    expect(applied.failed, applied.comment).not.toBe(true);
    if (pending.kind === 'change') expect(applied.changes).toEqual(pending.pending.changes);
    expect((await run.apply(name, all)).kind).toBe('ok');
    return { comment: applied.comment, changes: applied.changes };
  }

  it('has roles, a database and what is in it, and loses them again', { timeout: 120_000 }, async () => {
    const db = { maintenance_db: 'shop' };
    expect(await settle('postgres_group.present', { name: 'readers' })).toEqual({
      comment: 'The group readers has been created',
      changes: { readers: 'Present' },
    });
    await settle('postgres_user.present', { name: 'shop', password: 'it\'s "secret"', groups: 'readers' });
    await settle('postgres_tablespace.present', { name: 'fast', directory: `${folder}/space`, owner: 'shop' });
    await settle('postgres_tablespace.present', {
      ...{ name: 'fast', directory: `${folder}/space`, options: { seq_page_cost: 2 } },
    });
    await settle('postgres_database.present', { name: 'shop', owner: 'shop' });
    await settle('postgres_schema.present', { name: 'reports', dbname: 'shop', owner: 'shop' });
    expect(await settle('postgres_extension.present', { name: 'plpgsql_none', ...db }).catch(() => 'refused')).toBe(
      'refused',
    );
    await settle('postgres_extension.absent', { name: 'plpgsql', ...db });
    await settle('postgres_extension.present', { name: 'plpgsql', ...db });
    const psql = ['psql', '-q', '-h', folder, '-p', `${server['db_port'] as number}`, 'shop'];
    asPostgres(...psql, '-c', 'CREATE TABLE "or ders" (id serial); CREATE TABLE items ()');
    const rights = { name: 'readers', object_name: 'or ders', object_type: 'table', ...db };
    expect(await settle('postgres_privileges.present', { ...rights, privileges: ['SELECT', 'INSERT'] })).toEqual({
      comment: 'The privilege(s): SELECT,INSERT have been granted to readers',
      changes: { readers: 'Present' },
    });
    await settle('postgres_privileges.present', { ...rights, privileges: ['SELECT'], grant_option: true });
    await settle('postgres_privileges.absent', { ...rights, privileges: ['INSERT'] });
    for (const one of [
      { object_name: 'ALL', object_type: 'table', privileges: ['ALL'] },
      { object_name: 'ALL', object_type: 'sequence', privileges: ['USAGE'] },
      { object_name: 'shop', object_type: 'database', privileges: ['CREATE'] },
      { object_name: 'reports', object_type: 'schema', privileges: ['ALL'] },
      { object_name: 'fast', object_type: 'tablespace', privileges: ['CREATE'] },
      { object_name: 'postgres', object_type: 'group' },
    ]) {
      await settle('postgres_privileges.present', { name: 'readers', ...one, ...db });
      await settle('postgres_privileges.absent', { name: 'readers', ...one, ...db });
    }
    await settle('postgres_schema.absent', { name: 'reports', dbname: 'shop' });
    await settle('postgres_database.absent', { name: 'shop' });
    await settle('postgres_tablespace.absent', { name: 'fast' });
    await settle('postgres_user.absent', { name: 'shop' });
    await settle('postgres_group.absent', { name: 'readers' });
  });
});
