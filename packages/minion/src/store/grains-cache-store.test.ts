import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGrainsCache } from './grains-cache-store.ts';

it('keeps grains for their time, and nothing that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brine-grains-cache-'));
  const file = join(folder, 'cache', 'grains.cache');
  let passed = 0;
  const cache = openGrainsCache(join(folder, 'cache'), () => statSync(file).mtimeMs + passed);
  expect(cache.read(1000)).toBe(undefined);
  cache.write(new Map([['os', 'Debian']]));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(cache.read(1000)).toEqual(new Map([['os', 'Debian']]));
  passed = 1001;
  expect(cache.read(1000)).toBe(undefined);
  passed = -60_000;
  expect(cache.read(1000)).toBe(undefined);
  passed = 0;
  writeFileSync(file, readFileSync(file).subarray(0, 2));
  expect(cache.read(1000)).toBe(undefined);
  rmSync(folder, { recursive: true });
});
