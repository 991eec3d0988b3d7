import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFloat } from '@brine/common';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqlite } from './open-sqlite.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  const database = new Database(join(folder, 'pillar.db'));
  database.exec(`CREATE TABLE pillars (minion TEXT, name TEXT, value);
    INSERT INTO pillars VALUES ('web1', 'port', 8080), ('web1', 'load', 1.0), ('web1', 'big', 9007199254740993),
      ('web1', 'blob', x'00ff'), ('web1', 'none', NULL), ('db1', 'port', 5432)`);
  database.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

it('answers with the types of the cells', async () => {
  const database = await openSqlite(join(folder, 'pillar.db'), 1);
  expect(await database.query("SELECT name, value FROM pillars WHERE minion = ? AND '?' <> ?", 'web1')).toEqual({
    fields: ['name', 'value'],
    rows: [
      ['port', 8080],
      ['load', toFloat(1)],
      ['big', 9_007_199_254_740_993n],
      ['blob', Uint8Array.from([0, 255])],
      ['none', null],
    ],
  });
  expect(await database.query('SELECT 1 AS one', 'web1')).toEqual({ fields: ['one'], rows: [[1]] });
  await database.close();
});

it('changes nothing, and says what is wrong', async () => {
  const database = await openSqlite(join(folder, 'pillar.db'), 1);
  await expect(database.query('DELETE FROM pillars', 'x')).rejects.toMatchObject({ code: 'database-unusable' });
  await expect(database.query('SELECT value FROM elsewhere', 'x')).rejects.toThrow(/no such table/);
  await database.close();
  await expect(openSqlite(join(folder, 'other.db'), 1)).rejects.toMatchObject({ code: 'database-unusable' });
});
