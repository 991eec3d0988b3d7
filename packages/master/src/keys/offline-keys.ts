import { fingerprint } from '@brine/bus';
import { silentLogger, systemClock } from '@brine/common';
import { loadConfig } from '@brine/common/schemas';
import type { KeyControl } from '@brine/api';
import { createAdmissionRules } from './admission-rules.ts';
import { openJoinTokens } from './join-token-store.ts';
import { createKeyControl } from './key-control.ts';
import { openKeyStore } from './key-directory-store.ts';
import { createKeyLog } from './key-log-store.ts';
import { openKeyRenewals } from './key-renewals-store.ts';
import { createKeyRegistry } from './key-registry.ts';
import { openMasterKeys } from './master-key-store.ts';

/** The keys of a master that is not running, straight from its files. */
export async function openOfflineKeys(configDirectory: string | undefined): Promise<KeyControl> {
  const { config } = loadConfig('master', configDirectory === undefined ? {} : { configDir: configDirectory });
  const pkiDirectory = config.pki_dir;
  const master = await openMasterKeys(pkiDirectory);
  const log = createKeyLog(config.key_logfile, systemClock, silentLogger);
  const rules = createAdmissionRules({
    ...{ pkiDirectory, clock: systemClock, logger: silentLogger, autoAccept: false, permissive: false },
    ...{ autosignFile: undefined, autorejectFile: undefined, autosignGrainsDirectory: undefined, autosignTimeout: 0 },
  });
  const minions = await createKeyRegistry({
    ...{ rules, clock: systemClock, logger: silentLogger, pendingLimit: config.pending_keys_limit },
    store: await openKeyStore(pkiDirectory, systemClock),
    tokens: openJoinTokens({
      ...{ pkiDirectory, clock: systemClock },
      masterFingerprint: () => fingerprint(master.identity.publicKey),
    }),
    restoreMilliseconds: config.deleted_keys_seconds * 1000,
    isFull: () => false,
    onChange: (change) => log.changed(change),
  });
  return createKeyControl({
    ...{ minions, master, renewals: await openKeyRenewals(pkiDirectory) },
    onRotated: () => log.masterRotated(fingerprint(master.identity.publicKey)),
    askForNewKey: async () => undefined,
  });
}
