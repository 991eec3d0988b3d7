import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  decodeChain,
  encodeChain,
  encodePublicKey,
  encodeSecretKey,
  fingerprint,
  generateIdentity,
  isSuccession,
  loadIdentity,
  signSuccession,
  type Identity,
  type SuccessionLink,
} from '@brine/bus';
import { noFailpoints, type Failpoints } from '@brine/common';
import { openIdentity, readTextFile, replaceFile, syncFolder } from '@brine/daemon';

/** The minion's own key, and the next one while the master has not taken it yet. */
export interface MinionKeys {
  /** The key to connect with: the next one, when there is one. */
  readonly identity: Identity;
  /** With a next key: how the former one vouches for it. */
  readonly succession: SuccessionLink | undefined;
  /** Makes a next key, durably, unless there is one; resolves with its fingerprint. */
  rotate(): Promise<string>;
  /** The master accepted `identity`: a next key becomes the minion's key. */
  settle(): Promise<void>;
}

interface NextKey {
  readonly identity: Identity;
  readonly succession: SuccessionLink;
}

/**
 * Opens `minion.pem` below `pkiDirectory`, made on first use, and the key of a renewal that was not finished
 * (`minion.pem.next`, `minion.succession`). Throws `key-unreadable` and `key-invalid`.
 */
export async function openMinionKeys(pkiDirectory: string, failpoints: Failpoints = noFailpoints): Promise<MinionKeys> {
  const files = {
    secret: path.join(pkiDirectory, 'minion.pem'),
    public: path.join(pkiDirectory, 'minion.pub'),
    next: path.join(pkiDirectory, 'minion.pem.next'),
    succession: path.join(pkiDirectory, 'minion.succession'),
  };
  let current = await openIdentity(pkiDirectory, 'minion', failpoints);
  await tidyUp(files, current);
  let next = await readNext(files, current);

  return {
    get identity() {
      return next?.identity ?? current;
    },
    get succession() {
      return next?.succession;
    },
    async rotate() {
      if (next === undefined) {
        const { identity, secret } = generateIdentity('minion');
        const succession = signSuccession(current, identity.publicKey);
        // The link first: a next key without it is of no use to anybody.
        await replaceFile(files.succession, Buffer.from(encodeChain([succession])).toString('base64'), 0o600);
        await failpoints.reach('key.linked');
        await replaceFile(files.next, encodeSecretKey('minion', secret), 0o600);
        secret.fill(0);
        next = { identity, succession };
      }
      return fingerprint(next.identity.publicKey);
    },
    async settle() {
      if (next === undefined) return;
      const { identity } = next;
      await rename(files.next, files.secret);
      current = identity;
      next = undefined;
      await syncFolder(pkiDirectory);
      await failpoints.reach('key.moved');
      await replaceFile(files.public, encodePublicKey('minion', identity.publicKey), 0o644);
      await failpoints.reach('key.written');
      await rm(files.succession, { force: true });
    },
  };
}

interface KeyFiles {
  readonly public: string;
  readonly next: string;
  readonly succession: string;
}

/** A death while a new key was put in its place may have left the public file of the former one, and the link to the new one. */
async function tidyUp(files: KeyFiles, current: Identity): Promise<void> {
  const publicText = encodePublicKey('minion', current.publicKey);
  if ((await readTextFile(files.public)) !== publicText) await replaceFile(files.public, publicText, 0o644);
  if ((await readTextFile(files.next)) === undefined) await rm(files.succession, { force: true });
}

async function readNext(files: KeyFiles, current: Identity): Promise<NextKey | undefined> {
  const text = await readTextFile(files.next);
  if (text === undefined) return undefined;
  const identity = loadIdentity('minion', text);
  const chain = decodeChain(Buffer.from((await readTextFile(files.succession)) ?? '', 'base64')) ?? [];
  const succession = chain[0];
  const isOurs = succession !== undefined && Buffer.from(succession.from).equals(current.publicKey);
  return isOurs && isSuccession('minion', succession, identity.publicKey) ? { identity, succession } : undefined;
}
