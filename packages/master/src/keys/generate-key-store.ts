import { join } from 'node:path';
import { encodePublicKey, encodeSecretKey, fingerprint, generateIdentity } from '@brine/bus';
import { AppError, parseMinionId } from '@brine/common';
import { createFile, readTextFile } from '@brine/daemon';

/**
 * Writes a new key pair of a minion, `NAME.pem` (0600) and `NAME.pub`, to a folder, which is made; resolves with the
 * fingerprint. Throws `key-conflict` when there is such a file already and leaves it alone.
 */
export async function generateMinionKeys(folder: string, name: string): Promise<string> {
  if (parseMinionId(name) === undefined) {
    throw new AppError({ code: 'key-conflict', message: `'${name}' cannot be the name of a key`, exitCode: 64 });
  }
  const { identity, secret } = generateIdentity('minion');
  const files = [
    { path: join(folder, `${name}.pem`), text: encodeSecretKey('minion', secret), mode: 0o600 },
    { path: join(folder, `${name}.pub`), text: encodePublicKey('minion', identity.publicKey), mode: 0o644 },
  ];
  secret.fill(0);
  for (const { path, text, mode } of files) {
    await createFile(path, text, mode);
    if ((await readTextFile(path)) === text) continue;
    throw new AppError({ code: 'key-conflict', message: `${path} is there already; remove it first` });
  }
  return fingerprint(identity.publicKey);
}
