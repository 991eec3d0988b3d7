import { AppError, compileGlob, type Logger, type MinionId } from '@brine/common';
import type { KeyChange, KeyControl, KeyEntry, KeyState } from '@brine/api';
import type { KeyStore, StoredKey } from './key-directory-store.ts';

/** What a key that a minion offers comes to. */
export type Admission = 'accepted' | 'pending' | 'rejected' | 'denied';

/** A key that a minion proved to hold. */
export interface OfferedKey {
  readonly id: MinionId;
  readonly fingerprint: string;
  /** The public key in its text form. */
  readonly text: string;
}

/** Decides on keys and changes them; the one place that does. */
export interface KeyRegistry extends KeyControl {
  admit(offered: OfferedKey): Promise<Admission>;
  /** Ids of accepted minions, sorted; kept in memory. */
  acceptedIds(): readonly MinionId[];
}

/** What a key registry works with. */
export interface KeyRegistryOptions {
  readonly store: KeyStore;
  readonly master: { readonly fingerprint: string; readonly publicKey: string };
  readonly logger: Logger;
  /** Accept every new key at once (`auto_accept`). */
  readonly autoAccept: boolean;
  /** Called after a key changed its state, by an operator or by itself. */
  readonly onChange: (change: {
    readonly id: MinionId;
    readonly action: 'pending' | 'accept' | 'reject' | 'delete' | 'denied';
    readonly key: KeyEntry;
  }) => void;
}

const stateAfter = { accept: 'accepted', reject: 'rejected' } as const;

/** Reads the accepted ids and hands out the registry. */
export async function createKeyRegistry(options: KeyRegistryOptions): Promise<KeyRegistry> {
  const { store } = options;
  const accepted = new Map((await store.list(['accepted'])).map((key) => [key.id, key.fingerprint]));
  const desk = { ...options, accepted };
  const inTurn = createTurnstile();
  return {
    admit: async (offered) => inTurn(async () => admit(offered, desk)),
    acceptedIds: () => [...accepted.keys()].sort(),
    async list(match = '*') {
      const matches = compileGlob(match);
      return (await store.list()).filter((key) => matches(key.id)).map((key) => toEntry(key, key.state));
    },
    change: async ({ action, match, from }) =>
      inTurn(async () => {
        const matches = compileGlob(match);
        const keys = (await store.list(from)).filter((key) => matches(key.id));
        if (keys.length === 0) throw noMatch(match, from);
        const changed: KeyEntry[] = [];
        for (const key of keys) changed.push(await changeKey(key, action, desk));
        return changed;
      }),
    master: () => Promise.resolve(options.master),
  };
}

interface KeyDesk extends KeyRegistryOptions {
  /** Fingerprints of accepted keys by id. */
  readonly accepted: Map<MinionId, string>;
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

async function admit(offered: OfferedKey, desk: KeyDesk): Promise<Admission> {
  const { store, accepted, autoAccept, logger } = desk;
  if (accepted.get(offered.id) === offered.fingerprint) return 'accepted';
  const known = await store.find(offered.id);
  const same = known.find((key) => key.fingerprint === offered.fingerprint);
  if (same !== undefined) return same.state;
  if (known.length > 0) {
    // A second key under a known id is somebody else, or a reinstalled machine: a person decides.
    await store.put(offered.id, 'denied', offered.text);
    logger.warn('another key was offered under a known id', { id: offered.id, fingerprint: offered.fingerprint });
    announce(offered, 'denied', desk);
    return 'denied';
  }
  const state = autoAccept ? 'accepted' : 'pending';
  await store.put(offered.id, state, offered.text);
  if (state === 'accepted') accepted.set(offered.id, offered.fingerprint);
  announce(offered, state, desk);
  return state;
}

const actionFor = { accepted: 'accept', pending: 'pending', denied: 'denied' } as const;

function announce(offered: OfferedKey, state: keyof typeof actionFor, { onChange }: KeyDesk): void {
  const key = { id: offered.id, state, fingerprint: offered.fingerprint, publicKey: offered.text };
  onChange({ id: offered.id, action: actionFor[state], key });
}

async function changeKey(key: StoredKey, action: KeyChange['action'], desk: KeyDesk): Promise<KeyEntry> {
  const { store, accepted, onChange } = desk;
  if (action === 'delete') await store.remove(key);
  else await moveKey(key, stateAfter[action], store);
  if (action === 'accept') accepted.set(key.id, key.fingerprint);
  else if (accepted.get(key.id) === key.fingerprint) accepted.delete(key.id);
  const entry = toEntry(key, action === 'delete' ? key.state : stateAfter[action]);
  onChange({ id: key.id, action, key: entry });
  return entry;
}

/** Accepting a denied key replaces the one that stood in its way. */
async function moveKey(key: StoredKey, to: KeyState, store: KeyStore): Promise<void> {
  for (const other of await store.find(key.id)) {
    if (other.state !== key.state && other.state !== 'denied') await store.remove(other);
  }
  await store.move(key, to);
}

function toEntry(key: StoredKey, state: KeyState): KeyEntry {
  return { id: key.id, state, fingerprint: key.fingerprint, publicKey: key.text };
}

function noMatch(match: string, from: readonly KeyState[]): AppError {
  return new AppError({ code: 'key-not-found', message: `no ${from.join(' or ')} key matches '${match}'` });
}
