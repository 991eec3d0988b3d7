import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoints } from './checkpoints-store.ts';

describe('createCheckpoints', () => {
  let folder: string;
  let database: Database.Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-checkpoints-'));
    database = new Database(join(folder, 'a.db'));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE blobs (value BLOB)');
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  const write = (): number => {
    database.exec('INSERT INTO blobs VALUES (zeroblob(1000000))');
    return statSync(join(folder, 'a.db-wal')).size;
  };

  it('lets the log begin anew after so many pages', async () => {
    const checkpoints = createCheckpoints(join(folder, 'a.db'));
    const size = write();
    checkpoints.wrote(1000);
    await checkpoints.settled();
    expect(write()).toBe(size);
    checkpoints.wrote(999);
    await checkpoints.settled();
    expect(write()).toBeGreaterThan(size);
    await checkpoints.close();
  });

  it('are settled when the one that began meanwhile has ended as well', async () => {
    const checkpoints = createCheckpoints(join(folder, 'a.db'));
    for (let round = 0; round < 20; round += 1) {
      const before = statSync(join(folder, 'a.db')).size;
      write();
      checkpoints.wrote(1000);
      write();
      checkpoints.wrote(1000);
      await checkpoints.settled();
      expect(statSync(join(folder, 'a.db')).size - before).toBeGreaterThan(1_900_000);
    }
    await checkpoints.close();
  });

  it('leaves the log as it is when the file is gone', async () => {
    const checkpoints = createCheckpoints(join(folder, 'none', 'a.db'));
    checkpoints.wrote(1000);
    await checkpoints.settled();
    await checkpoints.close();
    expect(write()).toBeGreaterThan(1_000_000);
  });
});
