import { randomBytes } from 'node:crypto';
import type { Host } from '../../kit/index.ts';
import { decryptZip } from './decrypt-zip.ts';

/** A zip and what opens it. */
export interface LockedZip {
  readonly path: string;
  readonly password: string | undefined;
  /** The account that is to read it; that of the minion unless given. */
  readonly user?: string | undefined;
}

/**
 * Works on a zip without its password, which unzip takes in no way that lists of processes do not show. Throws
 * `state-failed` when it cannot be decrypted.
 */
export async function withPlainZip<Result>(
  machine: Host,
  { path, password, user }: LockedZip,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  if (password === undefined) return work(path);
  const plain = decryptZip((await machine.files.read(path)) ?? new Uint8Array(), password);
  const account = user === undefined ? undefined : await machine.account(user);
  const copy = `/tmp/__brine.zip.${randomBytes(6).toString('hex')}`;
  await machine.files.write(copy, plain, { mode: 0o600, ...(account === undefined ? {} : { uid: account.uid }) });
  try {
    return await work(copy);
  } finally {
    await machine.files.remove(copy);
  }
}
