import { mkdtempSync, rmSync, statfsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDiskFull, openSpaceReserve } from './space-reserve-store.ts';

describe('the space reserve', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'brine-reserve-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is a file of blocks that are really taken, for the owner alone', () => {
    openSpaceReserve({ file: join(folder, 'deep/reserve'), bytes: 100_000, margin: 1 });
    const { size, blocks, mode } = statSync(join(folder, 'deep/reserve'));
    expect([size, mode & 0o777]).toEqual([100_000, 0o600]);
    expect(blocks * 512).toBeGreaterThanOrEqual(100_000);
  });

  it('is given away once, and taken back when there is room', () => {
    const reserve = openSpaceReserve({ file: join(folder, 'reserve'), bytes: 100_000, margin: 1 });
    expect([reserve.release(), reserve.release()]).toEqual([true, false]);
    expect(statSync(join(folder, 'reserve')).size).toBe(0);
    expect(reserve.hasRoom()).toBe(true);
    expect(statSync(join(folder, 'reserve')).size).toBe(100_000);
    expect(reserve.release()).toBe(true);
  });

  it('leaves what was given away to those for whom it was kept', () => {
    const file = join(folder, 'reserve');
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(file, '');
    // More than the disk has: it cannot be taken back.
    truncateSync(file, 2 * bavail * bsize);
    const reserve = openSpaceReserve({ file, bytes: 2 * bavail * bsize, margin: 1 });
    expect([reserve.hasRoom(), reserve.release(), reserve.hasRoom()]).toEqual([true, true, false]);
  });

  it('says that there is no room when less is free than the margin', () => {
    const reserve = openSpaceReserve({ file: join(folder, 'reserve'), bytes: 10, margin: Number.MAX_SAFE_INTEGER });
    expect(reserve.hasRoom()).toBe(false);
  });

  it('knows a full disk by its code', () => {
    expect(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'EIO'].map((code) => isDiskFull({ code }))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([isDiskFull(null), isDiskFull('ENOSPC')]).toEqual([false, false]);
  });
});
