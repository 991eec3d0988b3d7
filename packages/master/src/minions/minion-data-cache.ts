import type { DataSeal } from '@brine/bus';
import { decodeValue, encodeValue, isDict, type Dict, type Logger, type MinionId, type Value } from '@brine/common';
import type { MinionDataKind, Store } from '../store/store.ts';

/** A pillar as it was compiled last. */
export interface CachedPillar {
  readonly pillar: Dict;
  readonly version: string;
  /** Texts in it that were decrypted. */
  readonly secrets: readonly string[];
}

/** What the master keeps of minions beside their grains: in memory as it is used, on disk sealed. */
export interface MinionDataCache {
  pillarOf(id: MinionId): CachedPillar | undefined;
  /** What the minion put into the mine, by alias; who may read an entry is in it (`__saltmine_acl__`). */
  mineOf(id: MinionId): Dict | undefined;
  /** Does nothing when this version is there already. */
  savePillar(id: MinionId, pillar: CachedPillar): Promise<void>;
  saveMine(id: MinionId, mine: Dict): Promise<void>;
  /** Forgets one kind, or all. */
  clear(id: MinionId, kind?: MinionDataKind): Promise<void>;
}

/** What a cache works with. */
export interface MinionDataCacheOptions {
  readonly store: Store;
  readonly seal: DataSeal;
  readonly logger: Logger;
}

type Entry = { readonly sealed: Uint8Array } | { readonly value: Dict };

/** Loads what is kept; entries are opened when they are first looked at. */
export async function createMinionDataCache(options: MinionDataCacheOptions): Promise<MinionDataCache> {
  const { store, seal, logger } = options;
  const entries = new Map<string, Entry>();
  for (const { id, kind, sealed } of await store.minionData()) entries.set(placeOf(id, kind), { sealed });

  function read(id: MinionId, kind: MinionDataKind): Dict | undefined {
    const place = placeOf(id, kind);
    const entry = entries.get(place);
    if (entry === undefined || 'value' in entry) return entry?.value;
    const value = open(seal, entry.sealed, place);
    if (value !== undefined) entries.set(place, { value });
    else {
      logger.warn('kept data of a minion cannot be read and is forgotten', { minion: id, kind });
      entries.delete(place);
    }
    return value;
  }

  async function save(id: MinionId, kind: MinionDataKind, value: Dict): Promise<void> {
    const place = placeOf(id, kind);
    entries.set(place, { value });
    await store.saveMinionData({ id, kind, sealed: seal.seal(encodeValue(value), place) });
  }

  return {
    pillarOf: (id) => toPillar(read(id, 'pillar')),
    mineOf: (id) => read(id, 'mine'),
    async savePillar(id, pillar) {
      if (read(id, 'pillar')?.get('version') !== pillar.version) await save(id, 'pillar', fromPillar(pillar));
    },
    saveMine: (id, mine) => save(id, 'mine', mine),
    async clear(id, kind) {
      for (const each of kind === undefined ? (['pillar', 'mine'] as const) : [kind]) entries.delete(placeOf(id, each));
      await store.removeMinionData(id, kind);
    },
  };
}

function placeOf(id: MinionId, kind: MinionDataKind): string {
  return `${kind} ${id}`;
}

function open(seal: DataSeal, sealed: Uint8Array, place: string): Dict | undefined {
  const plain = seal.open(sealed, place);
  const value = plain === undefined ? undefined : decodeValue(plain);
  return value !== undefined && isDict(value) ? value : undefined;
}

function fromPillar({ pillar, version, secrets }: CachedPillar): Dict {
  return new Map<Value, Value>([
    ['pillar', pillar],
    ['version', version],
    ['secrets', [...secrets]],
  ]);
}

function toPillar(kept: Dict | undefined): CachedPillar | undefined {
  const [pillar, version, secrets] = [kept?.get('pillar'), kept?.get('version'), kept?.get('secrets')];
  if (pillar === undefined || !isDict(pillar) || typeof version !== 'string' || !Array.isArray(secrets))
    return undefined;
  return { pillar, version, secrets: secrets.filter((text) => typeof text === 'string') };
}
