import { failpointNames, withFailpoints, type Failpoints } from '@brine/common';
import { outboxFailpoints } from '@brine/returners';
import type { AutomationStore } from '../automation/automation-store.ts';
import type { JoinTokens } from '../keys/join-token-store.ts';
import type { KeyStore } from '../keys/key-directory-store.ts';
import type { KeyRenewals } from '../keys/key-renewals-store.ts';
import type { MasterKeys } from '../keys/master-key-store.ts';
import type { TokenStore } from '../access/token-store.ts';
import type { ReceivedFiles } from '../files/received-files-store.ts';
import type { Banks } from '../store/banks-store.ts';
import type { Store } from '../store/store.ts';
import type { WheelWriters } from '../wheel/wheel-writers.ts';

/** The durable steps of the job store. */
const storeMethods = [
  ...(['addJob', 'release', 'advance', 'finish', 'expireQueued', 'abandon', 'prune'] as const),
  ...(['shiftDeadlines', 'saveMinion', 'removeMinion', 'saveMinionData', 'removeMinionData', 'setCounter'] as const),
];

/** The durable steps of the key store. */
const keyMethods = ['put', 'move', 'remove', 'restore', 'purge'] as const;

/** The durable steps of join tokens. */
const tokenMethods = ['create', 'revoke', 'redeem'] as const;

/** The durable steps of orders to renew keys. */
const renewalMethods = ['order', 'settle'] as const;

/** The durable steps of what the reactor keeps: its rules, and the events that wait. */
const reactorMethods = ['setFact', 'removeFact', 'addEvent', 'removeEvent', 'removeFacts'] as const;

/** The durable step of a reaction: which orchestration it begins. */
const reactionMethods = ['setFact'] as const;

/** The durable steps of how minions converge. */
const convergeMethods = ['setFact', 'removeFact'] as const;

/** The durable steps of tokens of clients. */
const accessTokenMethods = ['add', 'remove', 'removeAll'] as const;

/** The durable steps of what `salt-run cache.store` keeps. */
const bankMethods = ['store', 'flush'] as const;

/** The durable steps of orchestrations. */
export const orchestrationFailpoints = ['begin', 'pin', 'note', 'changing', 'ended', 'forget'] as const;

/** Every failpoint of a master; `docs/faults.md` lists them. */
export const masterFailpoints: readonly string[] = [
  ...failpointNames('store', storeMethods),
  ...failpointNames('keys', keyMethods),
  ...failpointNames('tokens', tokenMethods),
  ...failpointNames('renewals', renewalMethods),
  ...failpointNames('master-key', ['rotate']),
  ...['master-key.made', 'master-key.linked', 'master-key.written'],
  ...failpointNames('secret-keys', ['open']),
  ...failpointNames('reactor', reactorMethods),
  ...failpointNames('reaction', reactionMethods),
  ...failpointNames('converge', convergeMethods),
  ...failpointNames('orchestration', orchestrationFailpoints),
  ...failpointNames('access-tokens', accessTokenMethods),
  ...failpointNames('banks', bankMethods),
  ...failpointNames('received', ['receive']),
  'received.appended',
  ...failpointNames('wheel', ['writeConfig', 'writeRoots']),
  ...outboxFailpoints,
];

/** Puts failpoints around what the job store writes. */
export function guardStore(store: Store, failpoints: Failpoints): Store {
  return withFailpoints(store, failpoints, { prefix: 'store', methods: storeMethods });
}

/** Puts failpoints around what the key store writes. */
export function guardKeys(keys: KeyStore, failpoints: Failpoints): KeyStore {
  return withFailpoints(keys, failpoints, { prefix: 'keys', methods: keyMethods });
}

/** Puts failpoints around what join tokens write. */
export function guardTokens(tokens: JoinTokens, failpoints: Failpoints): JoinTokens {
  return withFailpoints(tokens, failpoints, { prefix: 'tokens', methods: tokenMethods });
}

/** Puts failpoints around what orders to renew keys write. */
export function guardRenewals(renewals: KeyRenewals, failpoints: Failpoints): KeyRenewals {
  return withFailpoints(renewals, failpoints, { prefix: 'renewals', methods: renewalMethods });
}

/** Puts failpoints around a new key of the master. */
export function guardMasterKeys(keys: MasterKeys, failpoints: Failpoints): MasterKeys {
  return withFailpoints(keys, failpoints, { prefix: 'master-key', methods: ['rotate'] });
}

/** Puts failpoints around what the reactor keeps. */
export function guardReactor(store: AutomationStore, failpoints: Failpoints): AutomationStore {
  return withFailpoints(store, failpoints, { prefix: 'reactor', methods: reactorMethods });
}

/** Puts failpoints around what a reaction keeps. */
export function guardReaction(store: AutomationStore, failpoints: Failpoints): AutomationStore {
  return withFailpoints(store, failpoints, { prefix: 'reaction', methods: reactionMethods });
}

/** Puts failpoints around what is kept of how minions converge. */
export function guardConverge(store: AutomationStore, failpoints: Failpoints): AutomationStore {
  return withFailpoints(store, failpoints, { prefix: 'converge', methods: convergeMethods });
}

/** Puts failpoints around what tokens of clients write. */
export function guardAccessTokens(tokens: TokenStore, failpoints: Failpoints): TokenStore {
  return withFailpoints(tokens, failpoints, { prefix: 'access-tokens', methods: accessTokenMethods });
}

/** Puts failpoints around what runners keep in banks. */
export function guardBanks(banks: Banks, failpoints: Failpoints): Banks {
  return withFailpoints(banks, failpoints, { prefix: 'banks', methods: bankMethods });
}

/** Puts failpoints around the files that minions send. */
export function guardReceived(files: ReceivedFiles, failpoints: Failpoints): ReceivedFiles {
  return withFailpoints(files, failpoints, { prefix: 'received', methods: ['receive'] });
}

/** Puts failpoints around files that wheel functions write. */
export function guardWheel(writers: WheelWriters, failpoints: Failpoints): WheelWriters {
  return withFailpoints(writers, failpoints, { prefix: 'wheel', methods: ['writeConfig', 'writeRoots'] });
}
