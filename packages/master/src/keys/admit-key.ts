import { isSuccession } from '@brine/bus';
import type { MinionId } from '@brine/common';
import type { StoredKey } from './key-directory-store.ts';
import { settle, toKeyEntry, type Admission, type KeyDesk, type KeyEvent, type OfferedKey } from './key-desk.ts';

/** A stranger who offers ever new keys under a known id must not keep the disk busy. */
const deniedPauseMilliseconds = 10_000;

/** Under so many ids a copied key is written down as denied; who goes on inventing ids finds no more files made. */
const copiesOnDisk = 100;

/** Decides on a key that a minion proved to hold. One at a time. */
export async function admitKey(offered: OfferedKey, desk: KeyDesk): Promise<Admission> {
  const { store, accepted, retired, logger } = desk;
  const { id, fingerprint } = offered;
  if (desk.isFull(id)) {
    logger.warn('too many minions are connected', { id });
    return 'later';
  }
  if (accepted.get(id) === fingerprint) return 'accepted';
  if (retired.has(fingerprint)) return 'rejected';
  const known = await store.find(id);
  const same = known.find((key) => key.fingerprint === fingerprint);
  if (same !== undefined && (await isFree(offered, known, desk))) return reconsider(offered, same, desk);
  if (same !== undefined) return admitKnown(offered, same, desk);
  const former = known.find(({ state }) => state === 'accepted');
  if (former !== undefined && isSuccessorOf(offered, former)) return succeed(offered, former, desk);
  if (known.length > 0) return deny(offered, desk);
  const holder = await otherHolder(offered, desk);
  return holder === undefined ? admitNew(offered, desk) : denyCopy(offered, holder, desk);
}

/** Whether what stood in the way of a denied key is gone: another key of its id, or another id of the key. */
async function isFree(offered: OfferedKey, known: readonly StoredKey[], desk: KeyDesk): Promise<boolean> {
  return known.every(({ state }) => state === 'denied') && (await otherHolder(offered, desk)) === undefined;
}

/** A denied key that would be let in, or could wait, if it came for the first time. */
async function reconsider(offered: OfferedKey, denied: StoredKey, desk: KeyDesk): Promise<Admission> {
  const decision = (await decide(offered, desk)) ?? ({ state: 'pending', action: 'pending', by: 'rules' } as const);
  if (decision.state === 'pending' && !(await hasRoom(desk))) return 'denied';
  await desk.store.move([denied], decision.state);
  settle(toKeyEntry(denied, decision.state), { id: offered.id, ...decision }, desk);
  return decision.state;
}

/** Another minion whose key this is, as the files say now. */
async function otherHolder({ id, fingerprint }: OfferedKey, desk: KeyDesk): Promise<MinionId | undefined> {
  const ids = desk.holders.get(fingerprint) ?? new Set();
  for (const other of ids) {
    if (other === id) continue;
    const keys = await desk.store.find(other, ['accepted', 'pending', 'rejected']);
    if (keys.some((key) => key.fingerprint === fingerprint)) return other;
    ids.delete(other);
  }
  return undefined;
}

/** A known key under a new id is a copied disk, or a minion that was given another name: a person decides. */
async function denyCopy(offered: OfferedKey, holder: MinionId, desk: KeyDesk): Promise<Admission> {
  const { id, fingerprint } = offered;
  const copies = desk.copies.get(fingerprint) ?? new Set();
  const now = desk.clock.monotonic();
  const last = desk.deniedAt.get(id);
  if (last !== undefined && now - last < deniedPauseMilliseconds) return 'denied';
  if (copies.size >= copiesOnDisk && !copies.has(id)) return 'denied';
  desk.deniedAt.set(id, now);
  desk.copies.set(fingerprint, copies.add(id));
  await put(offered, { state: 'denied', action: 'denied', by: 'rules' }, desk);
  desk.logger.warn('the key of another minion was offered under a new id', { id, keyOf: holder, fingerprint });
  desk.onCopy?.({ offered, holder });
  return 'denied';
}

async function admitKnown(offered: OfferedKey, known: StoredKey, desk: KeyDesk): Promise<Admission> {
  const { id } = offered;
  // Somebody put the file there by hand: this is how keys are accepted before their minions come.
  if (known.state === 'accepted') {
    settle(toKeyEntry(known), { id, action: 'accept', by: 'file' }, desk);
    return 'accepted';
  }
  if (known.state !== 'pending') return known.state;
  const decision = await decide(offered, desk);
  if (decision === undefined) return 'pending';
  await desk.store.move([known], decision.state);
  settle(toKeyEntry(known, decision.state), { id, ...decision }, desk);
  return decision.state;
}

async function admitNew(offered: OfferedKey, desk: KeyDesk): Promise<Admission> {
  const decision = (await decide(offered, desk)) ?? ({ state: 'pending', action: 'pending', by: 'rules' } as const);
  if (decision.state === 'pending' && !(await hasRoom(desk))) {
    desk.logger.warn('too many keys wait to be accepted', { id: offered.id, limit: desk.pendingLimit });
    return 'later';
  }
  await put(offered, decision, desk);
  return decision.state;
}

type Decision = Pick<KeyEvent, 'action' | 'by'> & { readonly state: 'accepted' | 'rejected' };

/** What rules and tokens say; `undefined` when a person is to decide. */
async function decide({ id, fingerprint, claims }: OfferedKey, desk: KeyDesk): Promise<Decision | undefined> {
  const judgement = await desk.rules.judge(id, claims.grains);
  if (judgement === 'reject') return { state: 'rejected', action: 'reject', by: 'rules' };
  if (judgement === 'accept') return { state: 'accepted', action: 'accept', by: 'rules' };
  if (claims.token === undefined) return undefined;
  const verdict = await desk.tokens.redeem(claims.token, { id, fingerprint });
  if (verdict === 'good') return { state: 'accepted', action: 'accept', by: 'token' };
  desk.logger.warn('a join token was not good for this minion', { id, fingerprint, reason: verdict });
  return undefined;
}

/** The set may know keys whose files somebody removed by hand; only a full one is worth looking. */
async function hasRoom({ store, pending, pendingLimit }: KeyDesk): Promise<boolean> {
  if (pending.size < pendingLimit) return true;
  pending.clear();
  for (const { id } of await store.places(['pending'])) pending.add(id);
  return pending.size < pendingLimit;
}

/** A second key under a known id is somebody else, or a reinstalled machine: a person decides. */
async function deny(offered: OfferedKey, desk: KeyDesk): Promise<Admission> {
  const { id, fingerprint } = offered;
  const now = desk.clock.monotonic();
  const last = desk.deniedAt.get(id);
  if (last !== undefined && now - last < deniedPauseMilliseconds) return 'denied';
  desk.deniedAt.set(id, now);
  await put(offered, { state: 'denied', action: 'denied', by: 'rules' }, desk);
  desk.logger.warn('another key was offered under a known id', { id, fingerprint });
  return 'denied';
}

function isSuccessorOf({ claims, publicKey }: OfferedKey, former: StoredKey): boolean {
  const { succession } = claims;
  if (succession === undefined || !Buffer.from(succession.from).equals(former.publicKey)) return false;
  return isSuccession('minion', succession, publicKey);
}

/** The accepted key vouched for this one: it takes its place. */
async function succeed(offered: OfferedKey, former: StoredKey, desk: KeyDesk): Promise<Admission> {
  desk.retired.add(former.fingerprint);
  await put(offered, { state: 'accepted', action: 'rotate', by: 'succession' }, desk);
  return 'accepted';
}

async function put(
  { id, fingerprint, text }: OfferedKey,
  { state, action, by }: Pick<KeyEvent, 'action' | 'by'> & { readonly state: StoredKey['state'] },
  desk: KeyDesk,
): Promise<void> {
  await desk.store.put(id, state, text);
  settle({ id, state, fingerprint, publicKey: text }, { id, action, by }, desk);
}
