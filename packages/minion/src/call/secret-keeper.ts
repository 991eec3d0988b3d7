import type { RunSecrets } from '@brine/common';
import type { CallEnvironmentOptions } from './call-request.ts';
import { openCallRedactionKey } from './redaction-key.ts';

/** Hides what a call decrypts itself; the key for its fingerprints is read when the first secret comes. */
export function createSecretKeeper(
  { options, log }: CallEnvironmentOptions,
  secrets: RunSecrets,
): (text: string) => Promise<void> {
  let key: Promise<Uint8Array> | undefined;
  return async (text) => {
    key ??= openCallRedactionKey(options, log);
    secrets.learn([text], await key);
  };
}
