import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBanks, type Banks } from './banks-store.ts';

describe('banks', () => {
  let folder: string;
  let banks: Banks;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-banks-'));
    banks = createBanks(join(folder, 'banks'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keep values by bank and key, nest, and forget', async () => {
    await banks.store('a', 'k', new Map([[1, 'one']]));
    await banks.store('a/b', 'k', ['two']);
    expect([await banks.fetch('a', 'k'), await banks.fetch('a/b', 'k')]).toEqual([new Map([[1, 'one']]), ['two']]);
    expect([await banks.list('a'), await banks.list('a/b'), await banks.list('none')]).toEqual([['b', 'k'], ['k'], []]);
    expect([await banks.fetch('a', 'none'), await banks.fetch('none', 'k')]).toEqual([undefined, undefined]);
    expect([await banks.flush('a', 'k'), await banks.flush('a', 'k')]).toEqual([true, false]);
    expect([await banks.flush('a'), await banks.flush('a'), await banks.list('a')]).toEqual([true, false, []]);
  });

  it.each([
    ['..', 'k'],
    ['a/../..', 'k'],
    ['.', 'k'],
    ['/etc', 'k'],
    ['a', '../../k'],
    ['a', ''],
  ])('have no bank %j with a key %j', async (bank, key) => {
    await expect(banks.store(bank, key, 1)).rejects.toMatchObject({ code: 'runner-arguments' });
  });
});
