import { readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, parseMinionId, type Clock, type MinionId } from '@brine/common';
import type { KeyState } from '@brine/api';
import { fingerprint, parsePublicKey } from '@brine/bus';
import { replaceFile, syncFolder } from '@brine/daemon';

/** The folder of each state under `pki_dir`, as Salt names them. */
export const keyFolders: Readonly<Record<KeyState, string>> = {
  accepted: 'minions',
  pending: 'minions_pre',
  rejected: 'minions_rejected',
  denied: 'minions_denied',
};

const keyStates = Object.keys(keyFolders) as readonly KeyState[];
const deletedFolder = 'minions_deleted';
// Small files go fastest one after another on this thread; so many take about a millisecond, and then others have their turn.
const filesInTurn = 64;

/** Where a key lies. */
export interface KeyPlace {
  readonly id: MinionId;
  readonly state: KeyState;
}

/** A minion's key as it lies in the store. */
export interface StoredKey extends KeyPlace {
  readonly publicKey: Uint8Array;
  readonly fingerprint: string;
  /** The text form that the file holds. */
  readonly text: string;
}

/** A key that was deleted and can still be restored; `state` is where it was. */
export interface DeletedKey extends StoredKey {
  /** Milliseconds since the Unix epoch. */
  readonly deletedAt: number;
}

/** Minions' public keys as files under `pki_dir`, one folder a state, so that people can look at them. */
export interface KeyStore {
  /** All keys of the given states, sorted by id. A file without a key ends it, unless `onDamaged` takes the error. */
  list(states?: readonly KeyState[], onDamaged?: (error: unknown) => void): Promise<readonly StoredKey[]>;
  find(id: MinionId, states?: readonly KeyState[]): Promise<readonly StoredKey[]>;
  /** What keys there are, without reading them. */
  places(states: readonly KeyState[]): Promise<readonly KeyPlace[]>;
  put(id: MinionId, state: KeyState, text: string): Promise<void>;
  /** Moves keys to a state; durable when it resolves. */
  move(keys: readonly StoredKey[], to: KeyState): Promise<void>;
  /** Puts keys where {@link restore} finds them; durable when it resolves. */
  remove(keys: readonly KeyPlace[]): Promise<void>;
  /** What was removed, the newest first. */
  deleted(): Promise<readonly DeletedKey[]>;
  restore(keys: readonly DeletedKey[]): Promise<void>;
  /** Forgets for good what was removed before a time. */
  purge(before: number): Promise<void>;
}

/** Opens the key store in `pkiDirectory`, creating its folders (0700). Throws `key-file-invalid`. */
export async function openKeyStore(pkiDirectory: string, clock: Clock): Promise<KeyStore> {
  const folderOf = (state: KeyState): string => join(pkiDirectory, keyFolders[state]);
  const pathOf = (id: MinionId, state: KeyState): string => join(folderOf(state), id);
  const graves = join(pkiDirectory, deletedFolder);
  for (const folder of [...keyStates.map(folderOf), graves]) await mkdir(folder, { recursive: true, mode: 0o700 });

  function read(id: MinionId, state: KeyState): StoredKey | undefined {
    const path = pathOf(id, state);
    const text = readSmallFile(path);
    return text === undefined ? undefined : { id, state, ...parseKeyFile(path, text) };
  }
  return {
    async list(states = keyStates, onDamaged) {
      const found: (StoredKey | undefined)[] = [];
      for (const state of states) {
        found.push(...(await inTurns(await idsIn(folderOf(state)), (id) => readOr(() => read(id, state), onDamaged))));
      }
      return found.filter((key) => key !== undefined).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async find(id, states = keyStates) {
      return states.map((state) => read(id, state)).filter((key) => key !== undefined);
    },
    async places(states) {
      const found = states.map(async (state) => (await idsIn(folderOf(state))).map((id) => ({ id, state })));
      return (await Promise.all(found)).flat();
    },
    put: async (id, state, text) => replaceFile(pathOf(id, state), `${text.trim()}\n`, 0o600),
    async move(keys, to) {
      await inTurns(keys, (key) => renameSync(pathOf(key.id, key.state), pathOf(key.id, to)));
      await sync(folderOf(to), ...keys.map(({ state }) => folderOf(state)));
    },
    async remove(keys) {
      const now = clock.now();
      const graveOf = ({ id, state }: KeyPlace): string => join(graves, `${state}.${now}.${id}`);
      await inTurns(keys, (key) => renameSync(pathOf(key.id, key.state), graveOf(key)));
      await sync(graves, ...keys.map(({ state }) => folderOf(state)));
    },
    ...graveMethods(graves, { pathOf, folderOf }),
  };
}

function readOr(
  read: () => StoredKey | undefined,
  onDamaged: ((error: unknown) => void) | undefined,
): StoredKey | undefined {
  try {
    return read();
  } catch (error) {
    if (onDamaged === undefined) throw error;
    onDamaged(error);
    return undefined;
  }
}

interface KeyPlaces {
  readonly pathOf: (id: MinionId, state: KeyState) => string;
  readonly folderOf: (state: KeyState) => string;
}

/** What can be done with the keys that were removed, in the folder `graves`. */
function graveMethods(
  graves: string,
  { pathOf, folderOf }: KeyPlaces,
): Pick<KeyStore, 'deleted' | 'restore' | 'purge'> {
  return {
    async deleted() {
      const found = await inTurns(await readdir(graves), (name) => readGrave(graves, name));
      return found.filter((key) => key !== undefined).sort((a, b) => b.deletedAt - a.deletedAt);
    },
    async restore(keys) {
      const graveOf = ({ id, state, deletedAt }: DeletedKey): string => join(graves, `${state}.${deletedAt}.${id}`);
      await inTurns(keys, (key) => renameSync(graveOf(key), pathOf(key.id, key.state)));
      await sync(graves, ...keys.map(({ state }) => folderOf(state)));
    },
    async purge(before) {
      const old = (await readdir(graves)).filter((name) => (parseGrave(name)?.deletedAt ?? Infinity) < before);
      await inTurns(old, (name) => rmSync(join(graves, name), { force: true }));
    },
  };
}

async function sync(...folders: readonly string[]): Promise<void> {
  await Promise.all([...new Set(folders)].map(syncFolder));
}

/** Work on many small files, with pauses in which others have their turn. */
async function inTurns<From, To>(items: readonly From[], work: (item: From) => To): Promise<To[]> {
  const results: To[] = [];
  for (let start = 0; start < items.length; start += filesInTurn) {
    if (start > 0) await new Promise((resume) => setImmediate(resume));
    results.push(...items.slice(start, start + filesInTurn).map(work));
  }
  return results;
}

function readSmallFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function idsIn(folder: string): Promise<readonly MinionId[]> {
  const names = await readdir(folder);
  return names.map(parseMinionId).filter((id) => id !== undefined);
}

type Grave = KeyPlace & Pick<DeletedKey, 'deletedAt'>;

function parseGrave(name: string): Grave | undefined {
  const [, state, time, rest] = /^(accepted|pending|rejected|denied)\.(\d{1,15})\.(.+)$/.exec(name) ?? [];
  const id = parseMinionId(rest);
  return id === undefined ? undefined : { id, state: state as KeyState, deletedAt: Number(time) };
}

function readGrave(folder: string, name: string): DeletedKey | undefined {
  const grave = parseGrave(name);
  const text = grave === undefined ? undefined : readSmallFile(join(folder, name));
  return grave === undefined || text === undefined
    ? undefined
    : { ...grave, ...parseKeyFile(join(folder, name), text) };
}

function parseKeyFile(path: string, text: string): Pick<StoredKey, 'publicKey' | 'fingerprint' | 'text'> {
  try {
    const publicKey = parsePublicKey('minion', text);
    return { publicKey, fingerprint: fingerprint(publicKey), text: text.trim() };
  } catch (error) {
    throw new AppError({
      code: 'key-file-invalid',
      message: `${path} does not hold a public key; move it away and let the minion offer its key again`,
      cause: error,
    });
  }
}
