import path from 'node:path';
import {
  encodePublicKey,
  encodeSecretKey,
  fingerprint,
  generateIdentity,
  loadIdentity,
  parsePublicKey,
  type Identity,
  type Trust,
} from '@brine/bus';
import { minionError } from '../errors.ts';
import { readTextFile, replaceFile } from './replace-file-store.ts';

/** The keys of a minion: files in its `pki_dir` under Salt's names. */
export interface KeyStore {
  /** The minion's own key pair, made on first use. */
  identity(): Promise<Identity>;
  /** How the master is known: its pinned key, else the configured fingerprint, else whoever comes first. */
  trust(masterFinger: string): Promise<Trust>;
}

/** Keys below `pkiDirectory`. Its methods throw `key-unreadable` and `key-invalid`, naming the file. */
export function createKeyStore(pkiDirectory: string): KeyStore {
  const secretFile = path.join(pkiDirectory, 'minion.pem');
  const publicFile = path.join(pkiDirectory, 'minion.pub');
  const masterFile = path.join(pkiDirectory, 'minion_master.pub');
  return {
    identity: async () => {
      const text = await usable(secretFile, () => readTextFile(secretFile));
      if (text !== undefined) return parsed(secretFile, () => loadIdentity('minion', text));
      const { identity, secret } = generateIdentity('minion');
      await usable(secretFile, async () => {
        // The public half first: what it belongs to either exists afterwards or both are made anew.
        await replaceFile(publicFile, encodePublicKey('minion', identity.publicKey), 0o644);
        await replaceFile(secretFile, encodeSecretKey('minion', secret), 0o600);
      });
      secret.fill(0);
      return identity;
    },
    trust: async (masterFinger) => {
      const text = await usable(masterFile, () => readTextFile(masterFile));
      const pin = (publicKey: Uint8Array): Promise<void> =>
        usable(masterFile, () => replaceFile(masterFile, encodePublicKey('master', publicKey), 0o644));
      if (text !== undefined) {
        const publicKey = parsed(masterFile, () => parsePublicKey('master', text));
        if (masterFinger !== '' && fingerprint(publicKey) !== masterFinger.toLowerCase()) {
          throw minionError(
            'key-invalid',
            `the master's key in ${masterFile} is not the one that master_finger names; remove the file to trust that one`,
          );
        }
        return { kind: 'pinned', publicKey };
      }
      return masterFinger === '' ? { kind: 'first-use', pin } : { kind: 'fingerprint', fingerprint: masterFinger };
    },
  };
}

async function usable<Result>(file: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('key-unreadable', `the key file ${file} cannot be used: ${reason}`, { cause });
  }
}

function parsed<Result>(file: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('key-invalid', `${file}: ${reason}`, { cause });
  }
}
