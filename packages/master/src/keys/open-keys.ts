import { encodePublicKey, fingerprint, type Candidate, type MasterBus, type MasterBusOptions } from '@brine/bus';
import {
  decodeKeyClaims,
  decodeMessage,
  encodeMessage,
  type Clock,
  type Failpoints,
  type Logger,
  type MinionId,
} from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import type { KeyControl } from '@brine/api';
import type { EventBus } from '../events/event-bus.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { PillarCache } from '../pillar/cached-pillar-service.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import { createExchangeable, type Exchangeable } from '../daemon/exchangeable.ts';
import { guard } from '../daemon/failpoints.ts';
import type { Reloadable } from '../daemon/reload-master.ts';
import { createAdmissionRules, type AdmissionRules } from './admission-rules.ts';
import { openJoinTokens } from './join-token-store.ts';
import { createKeyControl } from './key-control.ts';
import type { Admission, CopiedKey, KeyEvent, OfferedKey } from './key-desk.ts';
import { openKeyStore } from './key-directory-store.ts';
import { createKeyLog, type KeyLog } from './key-log-store.ts';
import { openKeyRenewals, type KeyRenewals } from './key-renewals-store.ts';
import { createKeyRegistry, type KeyRegistry } from './key-registry.ts';
import { openMasterKeys } from './master-key-store.ts';

/** What a change of a key reaches; the parts of a master that come up after its keys. */
export interface KeyNeighbours {
  bus?: MasterBus;
  directory?: MinionDirectory;
  dispatcher?: Dispatcher;
  pillarCache?: PillarCache | undefined;
}

/** The keys of a running master. */
export interface OpenedKeys {
  /** For clients and runners. */
  readonly control: KeyControl & Pick<KeyRegistry, 'acceptedIds' | 'admit' | 'places'>;
  /** Takes over other rules for new keys. */
  readonly reloadable: Reloadable;
  /** A minion came back: it is asked for a new key when it is to have one. */
  readonly renewIfDue: (id: MinionId) => void;
  /** What the bus asks about keys. */
  readonly busOptions: Pick<MasterBusOptions, 'identity' | 'succession' | 'authorize' | 'isTwin' | 'onTwin'>;
}

interface KeyParts {
  readonly config: MasterConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventBus;
  readonly neighbours: KeyNeighbours;
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
}

/** Opens the keys below `pki_dir`. */
export async function openKeys(parts: KeyParts): Promise<OpenedKeys> {
  const { config, clock, neighbours, failpoints } = parts;
  const logger = parts.logger.child({ component: 'keys' });
  const log = createKeyLog(config.key_logfile, clock, logger);
  const master = guard('master-key', await openMasterKeys(config.pki_dir, failpoints), failpoints);
  const masterFingerprint = (): string => fingerprint(master.identity.publicKey);
  const renewals = guard('renewals', await openKeyRenewals(config.pki_dir), failpoints);
  const rules = createExchangeable(rulesOf(config, { clock, logger }));
  const minions = await createKeyRegistry({
    ...{ clock, logger, pendingLimit: config.pending_keys_limit },
    store: guard('keys', await openKeyStore(config.pki_dir, clock), failpoints),
    tokens: guard('tokens', openJoinTokens({ pkiDirectory: config.pki_dir, clock, masterFingerprint }), failpoints),
    rules: rules.port,
    restoreMilliseconds: config.deleted_keys_seconds * 1000,
    isFull: (id) => isFull(id, config.max_minions, neighbours.directory),
    onChange: (change) => applyChange(change, { ...parts, log, renewals }),
    onCopy: (copy) => tellCopy(copy, parts.events, log),
    ...(config.auth_events ? { onAdmission: (answer) => announceAdmission(answer, parts.events) } : {}),
  });
  const control = createKeyControl({
    ...{ minions, master, renewals },
    onRotated() {
      parts.logger.info('master key rotated', { fingerprint: masterFingerprint() });
      log.masterRotated(masterFingerprint());
      neighbours.bus?.succeed(master.identity, master.succession);
    },
    askForNewKey: async (id) => askForNewKey(id, neighbours.bus),
  });
  return {
    control: { ...minions, ...control },
    renewIfDue: (id) => {
      renewIfDue(id, { renewals, minions, neighbours }).catch((error: unknown) => {
        logger.warn('a minion that is to renew its key did not', { id, error });
      });
    },
    reloadable: {
      keys: ruleKeys,
      prepare: (next) => exchangeRules(rules, rulesOf(next, { clock, logger })),
    },
    busOptions: {
      ...{ identity: master.identity, succession: master.succession },
      authorize: async (candidate) => minions.admit(toOffered(candidate)),
      isTwin: (older, newer) => !isSameMachine(older, newer),
      onTwin({ id, fingerprint: print }) {
        minions.noteClone(id);
        tellTwin(id, print, { events: parts.events, log, logger });
      },
    },
  };
}

function exchangeRules(rules: Exchangeable<AdmissionRules>, next: AdmissionRules): () => void {
  return () => rules.exchange(next);
}

interface RenewalParts extends Pick<KeyParts, 'neighbours'> {
  readonly renewals: KeyRenewals;
  readonly minions: Pick<KeyRegistry, 'acceptedKey'>;
}

async function renewIfDue(id: MinionId, { renewals, minions, neighbours }: RenewalParts): Promise<void> {
  const due = renewals.keyOf(id);
  if (due === undefined) return;
  if (due === minions.acceptedKey(id)) await askForNewKey(id, neighbours.bus);
  else await renewals.settle(id);
}

interface TellingParts {
  readonly events: EventBus;
  readonly log: KeyLog;
  readonly logger: Logger;
}

function tellTwin(id: MinionId, finger: string, { events, log, logger }: TellingParts): void {
  logger.warn('a second machine with the key of a minion was turned away', { id, fingerprint: finger });
  log.cloned(id, finger);
  events.emit('salt/key/clone', { id, finger, act: 'clone', result: false }, 'stranger');
}

function tellCopy({ offered, holder }: CopiedKey, events: EventBus, log: KeyLog): void {
  const { id, fingerprint: print } = offered;
  log.copied(id, print, holder);
  events.emit('salt/key/clone', { id, finger: print, key_of: holder, act: 'clone', result: false }, 'stranger');
}

const ruleKeys = [
  ...['auto_accept', 'autosign_file', 'autoreject_file', 'autosign_grains_dir', 'autosign_timeout'],
  'permissive_pki_access',
];

function rulesOf(config: MasterConfig, parts: Pick<KeyParts, 'clock' | 'logger'>): AdmissionRules {
  return createAdmissionRules({
    ...{ ...parts, pkiDirectory: config.pki_dir, autoAccept: config.auto_accept },
    ...{ autosignFile: config.autosign_file, autorejectFile: config.autoreject_file },
    ...{ autosignGrainsDirectory: config.autosign_grains_dir, autosignTimeout: config.autosign_timeout },
    permissive: config.permissive_pki_access,
  });
}

function toOffered({ id, publicKey, fingerprint: print, claims }: Candidate): OfferedKey {
  const text = encodePublicKey('minion', publicKey).trim();
  return { id, publicKey, fingerprint: print, text, claims: decodeKeyClaims(claims) };
}

function isSameMachine(one: Candidate, other: Candidate): boolean {
  const { instance } = decodeKeyClaims(one.claims);
  return instance !== undefined && instance === decodeKeyClaims(other.claims).instance;
}

function isFull(id: MinionId, most: number, directory: MinionDirectory | undefined): boolean {
  if (most === 0 || directory === undefined) return false;
  return directory.connected.size >= most && !directory.connected.has(id);
}

async function askForNewKey(id: MinionId, bus: MasterBus | undefined): Promise<string | undefined> {
  if (bus === undefined || !bus.connectedMinions().includes(id)) return undefined;
  const answer = decodeMessage(await bus.request(id, 'key.rotate', encodeMessage({}))) as { fingerprint?: unknown };
  return String(answer.fingerprint);
}

const authActs: Readonly<Record<Admission, { readonly act: string; readonly result: boolean }>> = {
  accepted: { act: 'accept', result: true },
  pending: { act: 'pend', result: true },
  rejected: { act: 'reject', result: false },
  denied: { act: 'denied', result: false },
  later: { act: 'full', result: false },
};

function announceAdmission(
  { offered, admission }: { readonly offered: OfferedKey; readonly admission: Admission },
  events: EventBus,
): void {
  events.emit('salt/auth', { ...authActs[admission], id: offered.id, pub: offered.text }, 'stranger');
}

interface ChangeParts extends KeyParts {
  readonly log: KeyLog;
  readonly renewals: KeyRenewals;
}

function applyChange(change: KeyEvent, { events, logger, log, neighbours, renewals }: ChangeParts): void {
  const { id, action, by, key } = change;
  const { bus, directory, dispatcher, pillarCache } = neighbours;
  logger.info('key changed', { id, action, by, fingerprint: key.fingerprint });
  log.changed(change);
  if (by === 'operator') events.emit('salt/key', { id, act: action, result: true });
  if (by !== 'operator' && action !== 'rotate') return;
  const settle = async (): Promise<void> => {
    if (action === 'delete' || action === 'rotate') await renewals.settle(id);
    if (action === 'delete') {
      await directory?.forget(id);
      await pillarCache?.clear(id);
    }
    await bus?.reconsider(id);
    if (action === 'delete' || action === 'reject') await dispatcher?.abandon(id);
  };
  settle().catch((error: unknown) => logger.error('a changed key could not be applied', { id, error }));
}
