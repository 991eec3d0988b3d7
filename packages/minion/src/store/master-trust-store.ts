import path from 'node:path';
import { encodePublicKey, fingerprint, parsePublicKey, type Trust } from '@brine/bus';
import { readTextFile, replaceFile } from '@brine/daemon';
import { minionError } from '../errors.ts';

/**
 * How this minion knows its master: by the key pinned in `minion_master.pub` below `pkiDirectory`, else by the
 * configured fingerprint (`master_finger`), else it pins whoever comes first. Throws `key-unreadable` and
 * `key-invalid`, naming the file.
 */
export async function loadMasterTrust(pkiDirectory: string, masterFinger: string): Promise<Trust> {
  const file = path.join(pkiDirectory, 'minion_master.pub');
  const text = await usable(file, () => readTextFile(file));
  if (text === undefined) {
    if (masterFinger !== '') return { kind: 'fingerprint', fingerprint: masterFinger.toLowerCase() };
    return {
      kind: 'first-use',
      pin: (publicKey) => usable(file, () => replaceFile(file, encodePublicKey('master', publicKey), 0o644)),
    };
  }
  const publicKey = parse(file, text);
  if (masterFinger !== '' && fingerprint(publicKey) !== masterFinger.toLowerCase()) {
    throw minionError(
      'key-invalid',
      `the master's key in ${file} is not the one that master_finger names; remove the file to trust that one`,
    );
  }
  return { kind: 'pinned', publicKey };
}

function parse(file: string, text: string): Uint8Array {
  try {
    return parsePublicKey('master', text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('key-invalid', `${file}: ${reason}`, { cause });
  }
}

async function usable<Result>(file: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('key-unreadable', `the key file ${file} cannot be used: ${reason}`, { cause });
  }
}
