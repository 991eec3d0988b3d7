import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { isAppError } from '@brine/common';
import { daemonError } from './errors.ts';
import { createFile, readTextFile } from './replace-file-store.ts';

/**
 * The key that fingerprints of secrets are made with, as `redaction.key` (0600, 64 hex digits) below `pkiDirectory`,
 * made on first use. Throws `key-unreadable` and `key-invalid`, naming the file.
 */
export function openRedactionKey(pkiDirectory: string): Promise<Uint8Array> {
  return openSecretKey(path.join(pkiDirectory, 'redaction.key'));
}

/**
 * The key that a master seals what it keeps of minions with, as `cache.key` beside the other; it never leaves the
 * machine. Throws as {@link openRedactionKey}.
 */
export function openCacheKey(pkiDirectory: string): Promise<Uint8Array> {
  return openSecretKey(path.join(pkiDirectory, 'cache.key'));
}

async function openSecretKey(file: string): Promise<Uint8Array> {
  try {
    const text = await readTextFile(file);
    if (text !== undefined) return parseKey(file, text);
    // Of two programs that start at once one makes the key, and both use that one.
    await createFile(file, `${randomBytes(32).toString('hex')}\n`, 0o600);
    return parseKey(file, (await readTextFile(file)) ?? '');
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw daemonError('key-unreadable', `the key file ${file} cannot be used: ${reason}`, { cause });
  }
}

function parseKey(file: string, text: string): Uint8Array {
  if (/^[\da-f]{64}\s*$/.test(text)) return new Uint8Array(Buffer.from(text.trim(), 'hex'));
  throw daemonError('key-invalid', `${file} does not hold 64 hex digits; without it, another key is made`);
}
