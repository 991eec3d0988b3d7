import path from 'node:path';
import { createMinionBus, createZeromqTransport, type MinionBus, type MinionBusOptions } from '@brine/bus';
import {
  encodeKeyClaims,
  noFailpoints,
  pythonStr,
  systemClock,
  type Dict,
  type Failpoints,
  type Logger,
  type Value,
} from '@brine/common';
import type { MinionOptions } from '../call/minion-options.ts';
import { guard } from '../daemon/failpoints.ts';
import { loadMasterTrust } from '../store/master-trust-store.ts';
import type { MinionKeys } from '../store/minion-key-store.ts';
import { createSequenceStore } from '../store/sequence-store.ts';
import { readJoinToken } from '../store/join-token-store.ts';
import { keepToFirstMaster } from './master-failback.ts';
import { readMasters } from './master-addresses.ts';
import { createMasterSelector } from './master-selector.ts';
import { nameInstance } from '../store/instance-store.ts';

/** What a bus tells and asks its owner. */
export interface BusCallbacks extends Pick<MinionBusOptions, 'onPublication' | 'onRequest' | 'onState'> {
  /** The grains, once they are known. */
  readonly grains?: () => Dict | undefined;
}

/** The bus of a minion, with its trust and its masters out of the configuration. */
export async function createBusOf(
  { id, options }: MinionOptions,
  {
    keys,
    logger,
    failpoints = noFailpoints,
  }: { readonly keys: MinionKeys; readonly logger: Logger; readonly failpoints?: Failpoints },
  { grains, onState, ...callbacks }: BusCallbacks,
): Promise<MinionBus> {
  const pki = textOf(options, 'pki_dir');
  const isShuffled = options.get('random_master') === true || options.get('master_shuffle') === true;
  const masters = createMasterSelector(readMasters(options), isShuffled ? Math.random : undefined);
  const token = await readJoinToken(options);
  const trust = await loadMasterTrust(pki, {
    masterFinger: textOf(options, 'master_finger'),
    tokenFinger: token?.masterFingerprint,
    failpoints,
  });
  const seen = createSequenceStore(path.join(textOf(options, 'cachedir'), 'publication-sequence'));
  const bus: MinionBus = createMinionBus({
    identity: () => keys.identity,
    id,
    transport: createZeromqTransport(),
    clock: systemClock,
    logger,
    random: Math.random,
    master: () => masters.next(),
    trust: guard('master-pin', trust, failpoints),
    sequenceStore: guard('sequence', seen, failpoints),
    claims: async () => tellClaims(options, keys, grains?.()),
    reconnect: reconnectTerms(options),
    ...heartbeatTerms(options),
    ...handshakeTerms(options),
    ...callbacks,
    onState(state, details) {
      masters.follow(state);
      if (state === 'accepted') {
        keys.settle().catch((error: unknown) => logger.error('the new key cannot be put in its place', { error }));
      }
      failback.follow(state);
      onState(state, details);
    },
  });
  const failback = keepToFirstMaster({ options, masters, bus, logger });
  return bus;
}

/** What the minion says about itself in a handshake. */
async function tellClaims(options: Dict, keys: MinionKeys, grains: Dict | undefined): Promise<Uint8Array> {
  const token = await readJoinToken(options);
  const signing = chosenGrains(options, grains);
  return encodeKeyClaims({
    instance: await nameInstance(textOf(options, 'pki_dir')),
    ...(token === undefined ? {} : { token: token.text }),
    ...(signing === undefined ? {} : { grains: signing }),
    ...(keys.succession === undefined ? {} : { succession: keys.succession }),
  });
}

function reconnectTerms(options: Dict): NonNullable<MinionBusOptions['reconnect']> {
  const first = millisecondsOf(options, 'recon_default', 1000);
  return {
    minimumMilliseconds: first,
    maximumMilliseconds: first + millisecondsOf(options, 'recon_max', 10_000),
    fixed: options.get('recon_randomize') === false,
  };
}

/** `master_alive_interval`: how often it is seen whether the master lives. */
function heartbeatTerms(options: Dict): Pick<MinionBusOptions, 'heartbeatMilliseconds'> {
  const seconds = options.get('master_alive_interval');
  return typeof seconds === 'number' && seconds > 0 ? { heartbeatMilliseconds: seconds * 1000 } : {};
}

/** Milliseconds after which the next of several masters is tried when one takes the connection and says nothing. */
const failoverMilliseconds = 10_000;

/** `auth_timeout`: how long an attempt waits for its master. Where there is another one, waiting long helps nobody. */
function handshakeTerms(options: Dict): Pick<MinionBusOptions, 'limits'> {
  const seconds = options.get('auth_timeout');
  if (typeof seconds === 'number' && seconds > 0) return { limits: { handshakeMilliseconds: seconds * 1000 } };
  return readMasters(options).length > 1 ? { limits: { handshakeMilliseconds: failoverMilliseconds } } : {};
}

/** The grains that `autosign_grains` names, from what was collected or set by hand. */
function chosenGrains(options: Dict, collected: Dict | undefined): Dict | undefined {
  const names = options.get('autosign_grains');
  if (!Array.isArray(names) || names.length === 0) return undefined;
  const own = options.get('grains');
  const known = collected ?? (own instanceof Map ? own : new Map<Value, Value>());
  return new Map(names.flatMap((name): [Value, Value][] => (known.has(name) ? [[name, known.get(name) ?? null]] : [])));
}

function millisecondsOf(options: Dict, key: string, standard: number): number {
  const value = options.get(key);
  return typeof value === 'number' ? value : standard;
}

function textOf(options: Dict, key: string): string {
  return pythonStr(options.get(key) ?? '');
}
