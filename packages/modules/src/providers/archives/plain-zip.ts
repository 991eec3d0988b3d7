import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { Host } from '../../kit/index.ts';
import { decryptZip, isZipEncrypted } from './decrypt-zip.ts';

/** A zip and what opens it. */
export interface LockedZip {
  readonly path: string;
  readonly password: string | undefined;
  /** The account that is to read it; that of the minion unless given. */
  readonly user?: string | undefined;
}

/**
 * Works on a zip without its password, which unzip takes in no way that lists of processes do not show. Throws
 * `state-failed` when it cannot be decrypted, and what the signal was aborted with.
 */
export async function withPlainZip<Result>(
  machine: Host,
  { path, password, user }: LockedZip,
  work: (path: string) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  if (password === undefined || !(await isZipEncrypted(machine, path))) return work(path);
  const account = user === undefined ? undefined : await machine.account(user);
  const folder = machine.environment('TMPDIR') ?? '/tmp';
  const copy = posix.join(folder, `__brine.zip.${randomBytes(6).toString('hex')}`);
  const owner = account === undefined ? {} : { uid: account.uid };
  await machine.files.write(copy, new Uint8Array(), { mode: 0o600, ...owner });
  try {
    await decryptZip(machine, { path, password, copy, signal });
    return await work(copy);
  } finally {
    await machine.files.remove(copy);
  }
}
