import { failpointNames, withFailpoints, type Failpoints } from '@brine/common';
import type { KeyStore } from '../keys/key-directory-store.ts';
import type { Store } from '../store/store.ts';

/** The durable steps of the job store. */
const storeMethods = [
  ...(['addJob', 'release', 'advance', 'finish', 'expireQueued', 'abandon', 'prune'] as const),
  ...(['saveMinion', 'removeMinion', 'setCounter'] as const),
];

/** The durable steps of the key store. */
const keyMethods = ['put', 'move', 'remove'] as const;

/** The durable steps of orchestrations. */
export const orchestrationFailpoints = ['begin', 'pin', 'note', 'changing', 'ended', 'forget'] as const;

/** Every failpoint of a master; `docs/faults.md` lists them. */
export const masterFailpoints: readonly string[] = [
  ...failpointNames('store', storeMethods),
  ...failpointNames('keys', keyMethods),
  ...failpointNames('orchestration', orchestrationFailpoints),
];

/** Puts failpoints around what the job store writes. */
export function guardStore(store: Store, failpoints: Failpoints): Store {
  return withFailpoints(store, failpoints, { prefix: 'store', methods: storeMethods });
}

/** Puts failpoints around what the key store writes. */
export function guardKeys(keys: KeyStore, failpoints: Failpoints): KeyStore {
  return withFailpoints(keys, failpoints, { prefix: 'keys', methods: keyMethods });
}
