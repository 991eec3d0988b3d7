import { toPlain, type Value } from '@brine/common';

/** A key as the control surface answers it. */
export interface ListedKey {
  readonly id: string;
  readonly state: KeyState;
  readonly fingerprint: string;
  readonly publicKey: string;
  /** When a second machine with this key was turned away last: milliseconds since the Unix epoch. */
  readonly clonedAt?: number;
  /** Of a denied key: the minion whose key it is. */
  readonly keyOf?: string;
  /** When it was deleted: milliseconds since the Unix epoch. */
  readonly deletedAt?: number;
}

/** The four places a minion's key can be in. */
export type KeyState = 'accepted' | 'denied' | 'pending' | 'rejected';

/** The states in Salt's order, with the names its output has for them. */
export const keyStates: readonly { readonly state: KeyState; readonly section: string }[] = [
  { state: 'accepted', section: 'minions' },
  { state: 'denied', section: 'minions_denied' },
  { state: 'pending', section: 'minions_pre' },
  { state: 'rejected', section: 'minions_rejected' },
];

/** The words by which `-l` names states. */
export const listNames: ReadonlyMap<string, readonly KeyState[]> = new Map([
  ['all', ['accepted', 'denied', 'pending', 'rejected']],
  ...['acc', 'accepted'].map((name): [string, readonly KeyState[]] => [name, ['accepted']]),
  ...['pre', 'un', 'unacc', 'unaccepted'].map((name): [string, readonly KeyState[]] => [name, ['pending']]),
  ...['rej', 'rejected'].map((name): [string, readonly KeyState[]] => [name, ['rejected']]),
  ...['den', 'denied'].map((name): [string, readonly KeyState[]] => [name, ['denied']]),
]);

/** Reads keys out of an answer. */
export function readKeys(answer: Value): readonly ListedKey[] {
  return (toPlain(answer) as { readonly keys: readonly ListedKey[] }).keys;
}

/** Ids by section, as `salt-key -L` shows them; sections of `shown` states are there even when empty. */
export function idsBySection(keys: readonly ListedKey[], shown: readonly KeyState[]): Map<Value, Value> {
  return bySection(shown, (state) => keys.filter((key) => key.state === state).map(({ id }) => id));
}

/** Something of each key by section and id; sections without keys are left out. */
export function detailsBySection(keys: readonly ListedKey[], detail: 'fingerprint' | 'publicKey'): Map<Value, Value> {
  const shown = keyStates.map(({ state }) => state).filter((state) => keys.some((key) => key.state === state));
  return bySection(
    shown,
    (state) => new Map(keys.filter((key) => key.state === state).map((key): [Value, Value] => [key.id, key[detail]])),
  );
}

function bySection(shown: readonly KeyState[], contentOf: (state: KeyState) => Value): Map<Value, Value> {
  return new Map(
    keyStates
      .filter(({ state }) => shown.includes(state))
      .map(({ state, section }): [Value, Value] => [section, contentOf(state)]),
  );
}
