import { fingerprint, encodePublicKey } from '@brine/bus';
import { silentLogger } from '@brine/common';
import { loadConfig } from '@brine/common/schemas';
import type { KeyControl } from '@brine/api';
import { openIdentity } from '@brine/daemon';
import { openKeyStore } from './key-directory-store.ts';
import { createKeyRegistry } from './key-registry.ts';

/** The keys of a master that is not running, straight from its files. */
export async function openOfflineKeys(configDirectory: string | undefined): Promise<KeyControl> {
  const { config } = loadConfig('master', configDirectory === undefined ? {} : { configDir: configDirectory });
  const { publicKey } = await openIdentity(config.pki_dir, 'master');
  return createKeyRegistry({
    store: await openKeyStore(config.pki_dir),
    master: { fingerprint: fingerprint(publicKey), publicKey: encodePublicKey('master', publicKey).trim() },
    logger: silentLogger,
    autoAccept: false,
    onChange: () => {},
  });
}
