import type { Plain, Value } from '@brine/common';
import type { KeyEntry, KeyState } from '@brine/api';

/** The names that Salt's answers have for the states of keys. */
export const sectionOf: Readonly<Record<KeyState, string>> = {
  accepted: 'minions',
  pending: 'minions_pre',
  rejected: 'minions_rejected',
  denied: 'minions_denied',
};

/** Something of each key by section; sections without keys are left out. */
export function bySection<Item extends Plain>(
  keys: readonly KeyEntry[],
  itemOf: (keys: readonly KeyEntry[]) => Item,
): ReadonlyMap<Value, Item> {
  const states = Object.keys(sectionOf) as readonly KeyState[];
  return new Map(
    states
      .map((state) => [sectionOf[state], keys.filter((key) => key.state === state)] as const)
      .filter(([, found]) => found.length > 0)
      .map(([section, found]): [Value, Item] => [section, itemOf(found)]),
  );
}

/** The ids of keys. */
export function idsOf(keys: readonly KeyEntry[]): readonly string[] {
  return keys.map(({ id }) => id);
}
