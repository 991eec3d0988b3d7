import path from 'node:path';
import { encodePublicKey, encodeSecretKey, generateIdentity, loadIdentity, type Identity, type Role } from '@brine/bus';
import { noFailpoints, type Failpoints } from '@brine/common';
import { daemonError } from './errors.ts';
import { createFile, readTextFile, replaceFile } from './replace-file-store.ts';

/**
 * The key pair of a daemon, as `ROLE.pem` (0600) and `ROLE.pub` below `pkiDirectory`, made on first use.
 * Throws `key-unreadable` and `key-invalid`, naming the file. A new one reaches the failpoint `ROLE-key.made` between the two.
 */
export async function openIdentity(
  pkiDirectory: string,
  role: Role,
  failpoints: Failpoints = noFailpoints,
): Promise<Identity> {
  const secretFile = path.join(pkiDirectory, `${role}.pem`);
  const text = await usable(secretFile, () => readTextFile(secretFile));
  if (text !== undefined) return parsed(secretFile, () => loadIdentity(role, text));
  const { secret } = generateIdentity(role);
  await usable(secretFile, () => createFile(secretFile, encodeSecretKey(role, secret), 0o600));
  secret.fill(0);
  // Another program may have been quicker; then its key is the one.
  const kept = (await usable(secretFile, () => readTextFile(secretFile))) ?? '';
  const identity = parsed(secretFile, () => loadIdentity(role, kept));
  await failpoints.reach(`${role}-key.made`);
  const publicFile = path.join(pkiDirectory, `${role}.pub`);
  await usable(publicFile, () => replaceFile(publicFile, encodePublicKey(role, identity.publicKey), 0o644));
  return identity;
}

async function usable<Result>(file: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw daemonError('key-unreadable', `the key file ${file} cannot be used: ${reason}`, { cause });
  }
}

function parsed<Result>(file: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw daemonError('key-invalid', `${file}: ${reason}`, { cause });
  }
}
