import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSeal } from '@brine/bus';
import { AppError, silentLogger, toValue, type Dict, type MinionId, type Plain } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCachedPillarService, type PillarCache } from './cached-pillar-service.ts';
import { createMemoryPillarCache, openDiskPillarCache, type PillarCacheStore } from './pillar-cache-store.ts';
import type { PillarRequest, PillarService } from './pillar-service.ts';

const [web1, web2] = ['web1', 'web2'] as unknown as [MinionId, MinionId];
const canary = 'CANARY-kept-7b1e';
const key = new Uint8Array(32).fill(3);
const dict = (plain: Plain): Dict => toValue(plain) as Dict;

describe.each(['disk', 'memory'] as const)('the pillar cache in %s', (backend) => {
  const clock = createManualClock();
  let folder: string;
  let store: PillarCacheStore;
  let service: PillarService & PillarCache;
  let compiled: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-pillar-cache-'));
    compiled = 0;
    open();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function open(): void {
    store = backend === 'memory' ? createMemoryPillarCache() : openDiskPillarCache(folder, createDataSeal(key));
    const pillars: PillarService = {
      close: async () => {},
      async compile({ minion, override }) {
        compiled += 1;
        if (override?.get('broken') === true) throw new AppError({ code: 'pillar-failed', message: 'broken' });
        const pillar = dict({ minion, number: compiled, word: canary });
        return { pillar, version: `v${compiled}`, secrets: [canary], redactionKey: key };
      },
    };
    service = createCachedPillarService({ pillars, store, clock, logger: silentLogger, lifetime: 1000 });
  }

  const ask = async (further: Partial<PillarRequest> = {}): Promise<string> =>
    (await service.compile({ minion: web1, grains: dict({ os: 'Debian', pid: 1 }), ...further })).version;

  it('compiles once for the same minion, environments, grains and pillar=, and no longer than it lasts', async () => {
    expect(await ask()).toBe('v1');
    expect(await ask({ grains: dict({ os: 'Debian', pid: 2 }) })).toBe('v1');
    const others: readonly Partial<PillarRequest>[] = [
      { minion: web2 },
      { saltenv: 'dev' },
      { pillarenv: 'dev' },
      { grains: dict({ os: 'Alpine' }) },
      { override: dict({ a: 1 }) },
      { override: dict({ a: 2 }) },
    ];
    for (const [index, other] of others.entries()) expect(await ask(other)).toBe(`v${index + 2}`);
    for (const [index, other] of others.entries()) expect(await ask(other)).toBe(`v${index + 2}`);
    clock.advance(1001);
    expect(await ask()).toBe('v8');
  });

  it('compiles for who wants it fresh, and forgets what there was of that minion', async () => {
    await ask();
    await ask({ pillarenv: 'dev' });
    await ask({ minion: web2 });
    expect(await ask({ isFresh: true })).toBe('v4');
    expect([await ask(), await ask({ minion: web2 }), await ask({ pillarenv: 'dev' })]).toEqual(['v4', 'v3', 'v5']);
  });

  it('does not keep what does not compile, and asks for origins anew', async () => {
    await expect(ask({ override: dict({ broken: true }) })).rejects.toMatchObject({ code: 'pillar-failed' });
    await expect(ask({ override: dict({ broken: true }) })).rejects.toMatchObject({ code: 'pillar-failed' });
    expect(await ask({ why: ['word'] })).toBe('v3');
    expect(await ask({ wants: 'top' })).toBe('v4');
    expect(await ask()).toBe('v5');
  });

  it('shows what is kept by environment, without pillars that a call added to, and forgets it', async () => {
    await ask();
    await ask({ pillarenv: 'dev' });
    await ask({ override: dict({ a: 1 }) });
    const shown = await service.show(web1);
    expect(new Map([...shown].map(([environment, { version }]) => [environment, version]))).toEqual(
      new Map([
        [null, 'v1'],
        ['dev', 'v2'],
      ]),
    );
    expect(shown.get(null)).toEqual({
      ...{ kind: 'pillar', version: 'v1', secrets: [canary], redactionKey: key },
      pillar: dict({ minion: 'web1', number: 1, word: canary }),
    });
    await service.clear(web1);
    expect(await service.show(web1)).toEqual(new Map());
    expect(await ask()).toBe('v4');
  });

  it('does not pile up', async () => {
    for (let index = 0; index < 50; index += 1) await ask({ override: dict({ index }) });
    expect((await store.keys(web1)).length).toBeLessThanOrEqual(20);
  });
});

describe('the pillar cache on disk', () => {
  it('outlives the process, sealed; what was moved or damaged is compiled anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brine-pillar-cache-'));
    const store = openDiskPillarCache(folder, createDataSeal(key));
    await store.write(web1, 'a', new TextEncoder().encode(canary));
    const file = join(folder, 'web1', 'a');
    const sealed = readFileSync(file);
    expect(sealed.includes(canary)).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const later = openDiskPillarCache(folder, createDataSeal(key));
    expect(new TextDecoder().decode(await later.read(web1, 'a'))).toBe(canary);
    expect(await openDiskPillarCache(folder, createDataSeal(new Uint8Array(32))).read(web1, 'a')).toBe(undefined);
    await later.write(web2, 'a', new Uint8Array());
    writeFileSync(join(folder, 'web2', 'a'), sealed);
    expect(await later.read(web2, 'a')).toBe(undefined);
    writeFileSync(file, sealed.subarray(0, 20));
    expect(await later.read(web1, 'a')).toBe(undefined);
    expect(readdirSync(join(folder, 'web1'))).toEqual(['a']);
    rmSync(folder, { recursive: true });
  });
});
