import { certificateExtensions, entryExtensions, listExtensions } from './extensions.ts';
import type { Extension } from './extension-values.ts';

/** Which extensions are not as wanted, by name. */
export type ExtensionChanges = {
  readonly added: string[];
  readonly changed: string[];
  readonly removed: string[];
};

const kinds = [certificateExtensions, listExtensions, entryExtensions].flatMap((table) => Object.values(table));

function titleOf({ oid }: Extension): string {
  return kinds.find((kind) => kind.oid === oid)?.title ?? oid;
}

/** Whether two lists have the same extensions with the same values. */
export function areSameExtensions(current: readonly Extension[], wanted: readonly Extension[]): boolean {
  return compareExtensions(current, wanted) === undefined;
}

/** Compares extensions; `undefined` when none differs. */
export function compareExtensions(
  current: readonly Extension[],
  wanted: readonly Extension[],
): ExtensionChanges | undefined {
  const find = (list: readonly Extension[], oid: string): Extension | undefined => list.find((one) => one.oid === oid);
  const isOther = (one: Extension): boolean => {
    const old = find(current, one.oid);
    return old !== undefined && (old.critical !== one.critical || !old.value.equals(one.value));
  };
  const changes = {
    added: wanted.filter((one) => find(current, one.oid) === undefined).map(titleOf),
    changed: wanted.filter(isOther).map(titleOf),
    removed: current.filter((one) => find(wanted, one.oid) === undefined).map(titleOf),
  };
  return Object.values(changes).every((list) => list.length === 0) ? undefined : changes;
}
