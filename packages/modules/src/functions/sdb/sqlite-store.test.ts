import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import Database from 'libsql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

let folder = '';
let file = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sdb-sqlite-'));
  file = join(folder, 'values.sqlite');
});
beforeEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

async function call(name: string, positional: readonly Plain[], profile: Readonly<Record<string, Plain>> = {}) {
  const options = { kept: { driver: 'sqlite3', database: file, ...profile } };
  return toPlain((await callScratch(`sdb.${name}`, { host: createFakeHost(), options, positional })).value);
}

describe('values in an SQLite database', () => {
  it('are kept with their types, replaced, and absent until then', async () => {
    expect(await call('get', ['sdb://kept/name'])).toBe(null);
    expect(await call('set', ['sdb://kept/name', { port: 8080, hosts: ['a', 'b'], load: 1.5 }])).toBe(true);
    expect(await call('get', ['sdb://kept/name'])).toEqual({ port: 8080, hosts: ['a', 'b'], load: 1.5 });
    expect(await call('set', ['sdb://kept/name', 'ä'])).toBe(true);
    expect(await call('get', ['sdb://kept/name'])).toBe('ä');
    expect(await call('get', ['sdb://kept/other/with "quotes\''])).toBe(null);
    expect(await call('get_or_set_hash', ['sdb://kept/hash', 12])).toMatch(/^.{12}$/);
  });

  it('are those that Salt wrote: MessagePack in a table of that form', async () => {
    const database = new Database(file);
    database.exec('CREATE TABLE "sdb" (key text, value blob); CREATE UNIQUE INDEX "sdb_idx" ON "sdb" (key)');
    database.exec("INSERT INTO sdb VALUES ('b', x'82a46e616d65a3776562a4706f7274cd1f90'), ('c', 'text')");
    database.close();
    expect(await call('get', ['sdb://kept/b'])).toEqual({ name: 'web', port: 8080 });
    await expect(call('get', ['sdb://kept/c'])).rejects.toThrow('the value of c was not written by Salt');
  });

  it('may be in a table of another name or of own making', async () => {
    const table = { table: 'odd "name"' };
    expect(await call('set', ['sdb://kept/x', 1], table)).toBe(true);
    expect([await call('get', ['sdb://kept/x'], table), await call('get', ['sdb://kept/x'])]).toEqual([1, null]);
    const own = {
      create_statements: ['CREATE TABLE advanced (a text, d blob)', 'CREATE UNIQUE INDEX myidx ON advanced (a)'],
      get_query: 'SELECT d FROM advanced WHERE a=:key',
      set_query: 'INSERT OR REPLACE INTO advanced (a, d) VALUES (:key, :value)',
    };
    expect([await call('set', ['sdb://kept/y', 'one'], own), await call('set', ['sdb://kept/y', 'two'], own)]).toEqual([
      true,
      true,
    ]);
    expect(await call('get', ['sdb://kept/y'], own)).toBe('two');
  });

  it('say what is wrong', async () => {
    await expect(call('set', ['sdb://kept/x', 1], { create_table: false })).rejects.toThrow('no such table: sdb');
    await expect(call('get', ['sdb://kept/x'], { database: 'relative' })).rejects.toThrow(
      'absolute path of a database',
    );
    writeFileSync(file, 'this is no database at all, and long enough to tell so');
    await expect(call('get', ['sdb://kept/x'])).rejects.toThrow(`The database ${file} cannot be used: `);
    await expect(call('set', ['sdb://kept/x', 1], { database: '/proc/none/x' })).rejects.toThrow('cannot be used');
    await expect(call('get', ['sdb://kept/x'], { driver: 'redis' })).rejects.toThrow(
      "driver 'redis' of the profile 'kept' is not supported; these are: env, sqlite3, vault, yaml.",
    );
  });
});
