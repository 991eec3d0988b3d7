import type { Clock, KeyClaims, Logger, MinionId } from '@brine/common';
import type { KeyEntry, KeyState } from '@brine/api';
import type { AdmissionRules } from './admission-rules.ts';
import type { JoinTokens } from './join-token-store.ts';
import type { KeyStore, StoredKey } from './key-directory-store.ts';

/** What a key that a minion offers comes to; `later` when there is no room for another. */
export type Admission = 'accepted' | 'pending' | 'rejected' | 'denied' | 'later';

/** A key that a minion proved to hold. */
export interface OfferedKey {
  readonly id: MinionId;
  readonly publicKey: Uint8Array;
  readonly fingerprint: string;
  /** The public key in its text form. */
  readonly text: string;
  readonly claims: KeyClaims;
}

/** A key that was offered under another id than the one it is known by. */
export interface CopiedKey {
  readonly offered: OfferedKey;
  readonly holder: MinionId;
}

/** A key that changed its state. */
export interface KeyEvent {
  readonly id: MinionId;
  readonly action: 'pending' | 'accept' | 'reject' | 'delete' | 'denied' | 'restore' | 'rotate';
  readonly key: KeyEntry;
  /** Who decided: a person, the configuration's rules, a join token, the minion's own former key, a file put there by hand. */
  readonly by: 'operator' | 'rules' | 'token' | 'succession' | 'file';
}

/** What a key registry works with. */
export interface KeyRegistryOptions {
  readonly store: KeyStore;
  readonly tokens: JoinTokens;
  readonly rules: AdmissionRules;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many keys may wait to be accepted. */
  readonly pendingLimit: number;
  /** Milliseconds for which a deleted key can be restored. */
  readonly restoreMilliseconds: number;
  /** Whether there is no room for another minion (`max_minions`). */
  isFull(id: MinionId): boolean;
  /** Called after a key changed its state. */
  onChange(change: KeyEvent): void;
  /** Called with every answer to a minion that offers its key. */
  /** Called when a key was refused because it is that of another minion. */
  onCopy?(copy: CopiedKey): void;
  onAdmission?(answer: { readonly offered: OfferedKey; readonly admission: Admission }): void;
}

/** What the registry's parts share. */
export interface KeyDesk extends KeyRegistryOptions {
  /** Fingerprints of accepted keys by id. */
  readonly accepted: Map<MinionId, string>;
  readonly pending: Set<MinionId>;
  /** The ids under which a key, by its fingerprint, was accepted, rejected or waits; files may say otherwise by now. */
  readonly holders: Map<string, Set<MinionId>>;
  /** The ids under which copies of a key, by its fingerprint, were offered and refused. */
  readonly copies: Map<string, Set<MinionId>>;
  /** Fingerprints of keys that handed over to a newer one. */
  readonly retired: Set<string>;
  /** When a second machine with the key of a minion was turned away last. */
  readonly clonedAt: Map<MinionId, number>;
  /** When a denied key was last written for an id. */
  readonly deniedAt: Map<MinionId, number>;
}

/** Brings memory in line with what the files say now, and tells of it. */
export function settle(key: KeyEntry, change: Omit<KeyEvent, 'key'>, desk: KeyDesk): KeyEntry {
  const { id, action } = change;
  const isThere = action !== 'delete';
  if (isThere && key.state === 'accepted') desk.accepted.set(id, key.fingerprint);
  else if (desk.accepted.get(id) === key.fingerprint) desk.accepted.delete(id);
  if (isThere && key.state === 'pending') desk.pending.add(id);
  else if (key.state !== 'denied') desk.pending.delete(id);
  if (action === 'delete' || action === 'rotate' || action === 'reject') desk.clonedAt.delete(id);
  if (key.state !== 'denied') (isThere ? noteHolder : forgetHolder)(key.fingerprint, id, desk);
  desk.onChange({ ...change, key });
  return key;
}

function forgetHolder(fingerprint: string, id: MinionId, { holders }: Pick<KeyDesk, 'holders'>): void {
  holders.get(fingerprint)?.delete(id);
}

/** Remembers under which id a key is known. */
export function noteHolder(fingerprint: string, id: MinionId, { holders }: Pick<KeyDesk, 'holders'>): void {
  holders.set(fingerprint, (holders.get(fingerprint) ?? new Set()).add(id));
}

/** A stored key as clients see it. */
export function toKeyEntry(key: StoredKey, state: KeyState = key.state): KeyEntry {
  return { id: key.id, state, fingerprint: key.fingerprint, publicKey: key.text };
}
