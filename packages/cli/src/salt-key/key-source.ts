import { isAppError, pythonStr, type Value } from '@brine/common';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import { readKeys, type KeyState, type ListedKey } from './key-lists.ts';

/** Keys straight from the files of a master that does not run. */
export interface OfflineKeys {
  list(match?: string): Promise<readonly ListedKey[]>;
  change(change: KeyChange): Promise<readonly ListedKey[]>;
  master(): Promise<{ readonly fingerprint: string; readonly publicKey: string }>;
}

/** What to do with which keys. */
export interface KeyChange {
  readonly action: 'accept' | 'reject' | 'delete';
  readonly match: string;
  readonly from: readonly KeyState[];
}

/** The keys of the master that runs, or else of its files. */
export async function openKeys(client: ControlClient, openOffline: () => Promise<OfflineKeys>): Promise<OfflineKeys> {
  try {
    await client.get('/v1/status');
  } catch (error) {
    if (!isAppError(error, 'master-unreachable')) throw error;
    return openOffline();
  }
  return {
    list: async (match) =>
      readKeys(await client.get(match === undefined ? '/v1/keys' : `/v1/keys?match=${encodeURIComponent(match)}`)),
    change: async ({ action, match, from }) =>
      readKeys(await client.post('/v1/keys', bodyOf({ action, match, from: [...from] }))),
    async master() {
      const answer = (await client.get('/v1/keys/master')) as Map<Value, Value>;
      const text = (key: string): string => pythonStr(answer.get(key) ?? '');
      return { fingerprint: text('fingerprint'), publicKey: text('publicKey') };
    },
  };
}
