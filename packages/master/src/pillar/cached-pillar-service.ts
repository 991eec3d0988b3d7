import { createHash } from 'node:crypto';
import {
  decodeMessage,
  encodeMessage,
  encodeValue,
  type Clock,
  type Dict,
  type Logger,
  type MinionId,
  type Value,
} from '@brine/common';
import { decodePillarAnswer, encodePillarAnswer } from './pillar-codec.ts';
import type { PillarCacheStore } from './pillar-cache-store.ts';
import type { MinionPillar, PillarRequest, PillarService } from './pillar-service.ts';

/** The cache of compiled pillars, as runners reach it. */
export interface PillarCache {
  /** The pillars kept of a minion, by their environment (`null` for all); of several the one compiled last. */
  show(minion: MinionId): Promise<ReadonlyMap<string | null, MinionPillar>>;
  clear(minion: MinionId): Promise<void>;
}

/** What a caching service works with. */
export interface CachedPillarOptions {
  readonly pillars: PillarService;
  readonly store: PillarCacheStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds for which a pillar is used without compiling it. */
  readonly lifetime: number;
}

/** Entries kept of one minion: calls with `pillar=` of their own must not pile up. */
const entriesAtMost = 20;

/** The number of a process is the one grain that is another each time. */
const passingGrains: ReadonlySet<Value> = new Set(['pid']);

/**
 * Compiles what was not compiled before for the same minion, environments, grains and `pillar=`. A request for a fresh
 * pillar empties the cache of its minion first. What does not compile is not kept.
 */
export function createCachedPillarService(options: CachedPillarOptions): PillarService & PillarCache {
  const { pillars, store, logger } = options;
  return {
    close: async () => pillars.close(),
    clear: async (minion) => store.clear(minion),
    show: async (minion) => show(minion, options),
    async compile(request) {
      if (request.wants !== undefined || request.why !== undefined) return pillars.compile(request);
      const key = keyOf(request);
      if (request.isFresh === true) await store.clear(request.minion);
      const kept = await readEntry(request.minion, key, options);
      if (kept !== undefined) return kept.pillar;
      const compiled = await pillars.compile(request);
      await writeEntry(request, compiled, options).catch((error: unknown) => {
        logger.warn('a pillar cannot be kept in the cache', { minion: request.minion, error });
      });
      return compiled;
    },
  };
}

function keyOf({ minion, grains, saltenv, pillarenv, override }: PillarRequest): string {
  const lasting: Dict = new Map([...grains].filter(([name]) => !passingGrains.has(name)));
  const parts = { minion, saltenv: saltenv ?? null, pillarenv: pillarenv ?? null, grains: encodeValue(lasting) };
  const whole = { ...parts, override: override === undefined ? null : encodeValue(override) };
  return createHash('sha256').update(encodeMessage(whole)).digest('hex');
}

interface Entry {
  readonly storedAt: number;
  readonly environment: string | null;
  readonly isPlain: boolean;
  readonly pillar: MinionPillar;
}

async function readEntry(
  minion: MinionId,
  key: string,
  { store, clock, lifetime }: CachedPillarOptions,
): Promise<Entry | undefined> {
  const bytes = await store.read(minion, key);
  if (bytes === undefined) return undefined;
  const { answer, ...facts } = decodeMessage(bytes) as Omit<Entry, 'pillar'> & { readonly answer: Uint8Array };
  const age = clock.now() - facts.storedAt;
  const pillar = decodePillarAnswer(answer);
  if (age >= 0 && age < lifetime && pillar.kind === 'pillar') return { ...facts, pillar };
  await store.remove(minion, key);
  return undefined;
}

async function writeEntry(request: PillarRequest, pillar: MinionPillar, options: CachedPillarOptions): Promise<void> {
  const { store, clock } = options;
  const { minion } = request;
  await makeRoom(minion, options);
  const answer = encodePillarAnswer({ ...pillar, kind: 'pillar' });
  const isPlain = request.override === undefined;
  const facts = { storedAt: clock.now(), environment: request.pillarenv ?? null, isPlain };
  await store.write(minion, keyOf(request), encodeMessage({ ...facts, answer }));
}

/** What is too old goes as it is looked at; when that is not enough, all goes. */
async function makeRoom(minion: MinionId, options: CachedPillarOptions): Promise<void> {
  const keys = await options.store.keys(minion);
  if (keys.length < entriesAtMost) return;
  const alive = await Promise.all(keys.map(async (key) => readEntry(minion, key, options)));
  if (alive.filter((entry) => entry !== undefined).length >= entriesAtMost) await options.store.clear(minion);
}

async function show(minion: MinionId, options: CachedPillarOptions): Promise<ReadonlyMap<string | null, MinionPillar>> {
  const keys = await options.store.keys(minion);
  const entries = await Promise.all(keys.map(async (key) => readEntry(minion, key, options)));
  const plain = entries.filter((entry): entry is Entry => entry?.isPlain === true);
  const newestLast = plain.toSorted((a, b) => a.storedAt - b.storedAt);
  return new Map(newestLast.map(({ environment, pillar }) => [environment, pillar]));
}
