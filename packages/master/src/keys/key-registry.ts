import { AppError, type MinionId } from '@brine/common';
import type { KeyChange, KeyControl, KeyEntry, KeyState } from '@brine/api';
import { admitKey } from './admit-key.ts';
import {
  noteHolder,
  settle,
  toKeyEntry,
  type Admission,
  type KeyDesk,
  type KeyRegistryOptions,
  type OfferedKey,
} from './key-desk.ts';
import type { DeletedKey, KeyPlace, KeyStore, StoredKey } from './key-directory-store.ts';
import { compileKeyMatch } from './key-match.ts';

/** The minions' keys of {@link KeyControl}. */
export type MinionKeys = Pick<
  KeyControl,
  'list' | 'change' | 'deleted' | 'restore' | 'createToken' | 'tokens' | 'revokeToken'
>;

/** Decides on keys and changes them; the one place that does. */
export interface KeyRegistry extends MinionKeys {
  admit(offered: OfferedKey): Promise<Admission>;
  /** A second machine that holds the key of a minion was turned away. */
  noteClone(id: MinionId): void;
  /** Where keys of the given states lie, whether or not their files can be read. */
  places(states: readonly KeyState[]): Promise<readonly KeyPlace[]>;
  /** Ids of accepted minions, sorted; kept in memory. */
  acceptedIds(): readonly MinionId[];
  /** The fingerprint of the accepted key of a minion. */
  acceptedKey(id: MinionId): string | undefined;
}

const stateAfter = { accept: 'accepted', reject: 'rejected' } as const;

/** Reads the accepted ids and hands out the registry. */
export async function createKeyRegistry(options: KeyRegistryOptions): Promise<KeyRegistry> {
  const { store, tokens, clock, restoreMilliseconds } = options;
  // One file that somebody broke must not keep the master from serving all the others.
  const known = await store.list(['accepted', 'pending', 'rejected'], (error) =>
    options.logger.error('a key file is damaged; its minion is not let in', { error }),
  );
  const desk: KeyDesk = {
    ...options,
    accepted: new Map(known.filter(({ state }) => state === 'accepted').map((key) => [key.id, key.fingerprint])),
    pending: new Set(known.filter(({ state }) => state === 'pending').map(({ id }) => id)),
    retired: new Set(),
    holders: new Map(),
    copies: new Map(),
    clonedAt: new Map(),
    deniedAt: new Map(),
  };
  for (const { fingerprint, id } of known) noteHolder(fingerprint, id, desk);
  await store.purge(clock.now() - restoreMilliseconds);
  const inTurn = createTurnstile();
  return {
    async admit(offered) {
      // Those that come back after a restart of the master must not queue behind anybody's fsync.
      const isKnown = desk.accepted.get(offered.id) === offered.fingerprint && !desk.isFull(offered.id);
      const admission = isKnown ? 'accepted' : await inTurn(async () => admitKey(offered, desk));
      desk.onAdmission?.({ offered, admission });
      return admission;
    },
    places: async (states) => store.places(states),
    acceptedIds: () => [...desk.accepted.keys()].sort(),
    acceptedKey: (id) => desk.accepted.get(id),
    async list(match = '*') {
      const matches = compileKeyMatch(match);
      return (await store.list()).filter((key) => matches(key.id)).map((key) => withCopies(key, desk));
    },
    noteClone: (id) => void desk.clonedAt.set(id, clock.now()),
    change: async (change) => inTurn(async () => changeKeys(change, desk)),
    deleted: async () => {
      const after = clock.now() - restoreMilliseconds;
      const kept = (await store.deleted()).filter(({ deletedAt }) => deletedAt >= after);
      return kept.map((key) => ({ ...toKeyEntry(key), deletedAt: key.deletedAt }));
    },
    restore: async (match) => inTurn(async () => restoreKeys(match, desk)),
    createToken: async (wish) => tokens.create(wish),
    tokens: async () => tokens.list(),
    revokeToken: async (name) => tokens.revoke(name),
  };
}

/** Decisions happen one after another, so that two offers of one id cannot both become the first. */
function createTurnstile(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let queue: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  };
}

async function changeKeys({ action, match, from }: KeyChange, desk: KeyDesk): Promise<readonly KeyEntry[]> {
  const { store, clock, restoreMilliseconds } = desk;
  const matches = compileKeyMatch(match);
  const keys = (await store.list(from)).filter((key) => matches(key.id));
  if (keys.length === 0) throw noMatch(match, from);
  if (action === 'delete') {
    await store.purge(clock.now() - restoreMilliseconds);
    await store.remove(keys);
  } else {
    await moveKeys(keys, stateAfter[action], store);
  }
  return keys.map((key) => {
    const changed = toKeyEntry(key, action === 'delete' ? key.state : stateAfter[action]);
    return settle(changed, { id: key.id, action, by: 'operator' }, desk);
  });
}

/** Accepting a denied key replaces the one that stood in its way. */
async function moveKeys(keys: readonly StoredKey[], to: KeyState, store: KeyStore): Promise<void> {
  const moved = new Set(keys.map(({ id, state }) => `${state} ${id}`));
  const ids = new Set(keys.map(({ id }) => id));
  const inTheWay = (await store.places(['accepted', 'pending', 'rejected'])).filter(
    ({ id, state }) => ids.has(id) && !moved.has(`${state} ${id}`),
  );
  await store.remove(inTheWay);
  await store.move(
    keys.filter(({ state }) => state !== to),
    to,
  );
}

async function restoreKeys(match: string, desk: KeyDesk): Promise<readonly KeyEntry[]> {
  const { store, clock, restoreMilliseconds } = desk;
  const matches = compileKeyMatch(match);
  const after = clock.now() - restoreMilliseconds;
  const present = (await store.list()).filter(({ id }) => matches(id));
  const placeOf = ({ id, state }: StoredKey): string => (state === 'denied' ? `denied ${id}` : id);
  const taken = new Map(present.map((key) => [placeOf(key), key]));
  const wanted: DeletedKey[] = [];
  const inTheWay: StoredKey[] = [];
  for (const key of await store.deleted()) {
    const other = taken.get(placeOf(key));
    // A minion that lives offers its key again at once: the same key that only waits gives way.
    const yields = other?.state === 'pending' && other.fingerprint === key.fingerprint && key.state !== 'pending';
    if (!matches(key.id) || key.deletedAt < after || (other !== undefined && !yields)) continue;
    if (other !== undefined) inTheWay.push(other);
    // Of several deletions of one id the newest is undone.
    taken.set(placeOf(key), key);
    wanted.push(key);
  }
  if (wanted.length === 0) {
    throw new AppError({
      code: 'key-not-found',
      message: `no deleted key matches '${match}' whose id is free; see 'salt-key -l deleted'`,
    });
  }
  await store.remove(inTheWay);
  await store.restore(wanted);
  const sorted = wanted.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return sorted.map((key) => settle(toKeyEntry(key), { id: key.id, action: 'restore', by: 'operator' }, desk));
}

function withCopies(key: StoredKey, { clonedAt, holders }: KeyDesk): KeyEntry {
  const at = key.state === 'accepted' ? clonedAt.get(key.id) : undefined;
  const others = key.state === 'denied' ? [...(holders.get(key.fingerprint) ?? [])] : [];
  const holder = others.find((id) => id !== key.id);
  return {
    ...toKeyEntry(key),
    ...(at === undefined ? {} : { clonedAt: at }),
    ...(holder === undefined ? {} : { keyOf: holder }),
  };
}

function noMatch(match: string, from: readonly KeyState[]): AppError {
  return new AppError({ code: 'key-not-found', message: `no ${from.join(' or ')} key matches '${match}'` });
}
