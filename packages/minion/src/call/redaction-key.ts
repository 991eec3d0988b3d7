import { randomBytes } from 'node:crypto';
import { pythonStr, type Dict, type Logger } from '@brine/common';

/** The key for fingerprints of what this machine decrypts itself: kept beside its own keys, if it may be. */
export async function openCallRedactionKey(options: Dict, log: Logger): Promise<Uint8Array> {
  const directory = pythonStr(options.get('pki_dir') ?? '');
  if (directory === '') return randomBytes(32);
  const { openRedactionKey } = await import('@brine/daemon');
  try {
    return await openRedactionKey(directory);
  } catch (error) {
    // To hide is what matters; only comparing with other runs is lost.
    log.debug('fingerprints of secrets hold for this call only', { error });
    return randomBytes(32);
  }
}
