import { join } from 'node:path';
import {
  decodeChain,
  encodeChain,
  encodePublicKey,
  encodeSecretKey,
  fingerprint,
  generateIdentity,
  isSuccession,
  signSuccession,
  type Identity,
  type SuccessionLink,
} from '@brine/bus';
import { noFailpoints, type Failpoints } from '@brine/common';
import { openIdentity, readTextFile, replaceFile } from '@brine/daemon';

/** The master's own key, and how its former ones lead to it. */
export interface MasterKeys {
  readonly identity: Identity;
  /** The oldest link first. */
  readonly succession: readonly SuccessionLink[];
  /** Makes a new key that the present one vouches for, durably; resolves with both fingerprints. */
  rotate(): Promise<{ readonly from: string; readonly fingerprint: string }>;
}

/** Opens `master.pem` and `master_succession` below `pkiDirectory`; the key is made on first use. */
export async function openMasterKeys(pkiDirectory: string, failpoints: Failpoints = noFailpoints): Promise<MasterKeys> {
  const chainFile = join(pkiDirectory, 'master_succession');
  let identity = await openIdentity(pkiDirectory, 'master', failpoints);
  const publicFile = join(pkiDirectory, 'master.pub');
  // A death during a rotation may have left the file of the former key.
  const publicText = encodePublicKey('master', identity.publicKey);
  if ((await readTextFile(publicFile)) !== publicText) await replaceFile(publicFile, publicText, 0o644);
  let succession = endingAt(identity, await readChain(chainFile));
  return {
    get identity() {
      return identity;
    },
    get succession() {
      return succession;
    },
    async rotate() {
      const { identity: next, secret } = generateIdentity('master');
      const chain = [...succession, signSuccession(identity, next.publicKey)];
      // The link first: one that leads to a key which was never written is left out at the next start.
      await replaceFile(chainFile, `${Buffer.from(encodeChain(chain)).toString('base64')}\n`, 0o600);
      await failpoints.reach('master-key.linked');
      await replaceFile(join(pkiDirectory, 'master.pem'), encodeSecretKey('master', secret), 0o600);
      await failpoints.reach('master-key.written');
      secret.fill(0);
      await replaceFile(publicFile, encodePublicKey('master', next.publicKey), 0o644);
      const from = fingerprint(identity.publicKey);
      identity = next;
      succession = chain;
      return { from, fingerprint: fingerprint(next.publicKey) };
    },
  };
}

async function readChain(file: string): Promise<readonly SuccessionLink[]> {
  const text = await readTextFile(file);
  return text === undefined ? [] : (decodeChain(Buffer.from(text.trim(), 'base64')) ?? []);
}

/** The part of a chain that ends at this key. */
function endingAt({ publicKey }: Identity, chain: readonly SuccessionLink[]): readonly SuccessionLink[] {
  const last = chain.findLastIndex((link) => isSuccession('master', link, publicKey));
  return chain.slice(0, last + 1);
}
