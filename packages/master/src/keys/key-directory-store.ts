import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, parseMinionId, type MinionId } from '@brine/common';
import type { KeyState } from '@brine/api';
import { fingerprint, parsePublicKey } from '@brine/bus';
import { readTextFile, replaceFile, syncFolder } from '@brine/daemon';

/** The folder of each state under `pki_dir`, as Salt names them. */
export const keyFolders: Readonly<Record<KeyState, string>> = {
  accepted: 'minions',
  pending: 'minions_pre',
  rejected: 'minions_rejected',
  denied: 'minions_denied',
};

const keyStates = Object.keys(keyFolders) as readonly KeyState[];

/** A minion's key as it lies in the store. */
export interface StoredKey {
  readonly id: MinionId;
  readonly state: KeyState;
  readonly publicKey: Uint8Array;
  readonly fingerprint: string;
  /** The text form that the file holds. */
  readonly text: string;
}

/** Minions' public keys as files under `pki_dir`, one folder a state, so that people can look at them. */
export interface KeyStore {
  /** All keys of the given states, sorted by id. */
  list(states?: readonly KeyState[]): Promise<readonly StoredKey[]>;
  find(id: MinionId, states?: readonly KeyState[]): Promise<readonly StoredKey[]>;
  put(id: MinionId, state: KeyState, text: string): Promise<void>;
  move(key: StoredKey, to: KeyState): Promise<void>;
  remove(key: StoredKey): Promise<void>;
}

/** Opens the key store in `pkiDirectory`, creating its folders (0700). Throws `key-file-invalid`. */
export async function openKeyStore(pkiDirectory: string): Promise<KeyStore> {
  const pathOf = (id: MinionId, state: KeyState): string => join(pkiDirectory, keyFolders[state], id);
  for (const folder of Object.values(keyFolders)) {
    await mkdir(join(pkiDirectory, folder), { recursive: true, mode: 0o700 });
  }
  async function read(id: MinionId, state: KeyState): Promise<StoredKey | undefined> {
    const path = pathOf(id, state);
    const text = await readTextFile(path);
    return text === undefined ? undefined : { id, state, ...parseKeyFile(path, text) };
  }
  return {
    async list(states = keyStates) {
      const found = await Promise.all(
        states.map(async (state) => {
          const ids = await idsIn(join(pkiDirectory, keyFolders[state]));
          return Promise.all(ids.map(async (id) => read(id, state)));
        }),
      );
      return found
        .flat()
        .filter((key) => key !== undefined)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async find(id, states = keyStates) {
      const found = await Promise.all(states.map(async (state) => read(id, state)));
      return found.filter((key) => key !== undefined);
    },
    put: async (id, state, text) => replaceFile(pathOf(id, state), `${text.trim()}\n`, 0o600),
    async move(key, to) {
      await rename(pathOf(key.id, key.state), pathOf(key.id, to));
      await Promise.all([key.state, to].map(async (state) => syncFolder(join(pkiDirectory, keyFolders[state]))));
    },
    async remove(key) {
      await rm(pathOf(key.id, key.state), { force: true });
      await syncFolder(join(pkiDirectory, keyFolders[key.state]));
    },
  };
}

async function idsIn(folder: string): Promise<readonly MinionId[]> {
  const names = await readdir(folder);
  return names.map(parseMinionId).filter((id) => id !== undefined);
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
