import { dumpJson, type Dict, type Value } from '@brine/common';

/** What a login method has for a user: own entries and those of groups (`name%`); those of `*` for users without own. */
export function permissionsOf(
  entries: Dict,
  { user, groups }: { readonly user: string; readonly groups: readonly string[] },
  isPermissive: boolean,
): readonly Value[] {
  const own = ownList(entries, user);
  const shared = own === undefined || isPermissive ? (listOf(entries, '*') ?? []) : [];
  return [...(own ?? []), ...groupEntries(entries, groups), ...shared];
}

/** The same as Salt's login shows it: sorted, without duplicates, with the entries of `*` in any case. */
export function shownPermissions(entries: Dict, user: string, groups: readonly string[]): readonly Value[] {
  const all = [...(ownList(entries, user) ?? []), ...(listOf(entries, '*') ?? []), ...groupEntries(entries, groups)];
  const texts = [...new Set(all.filter((entry) => typeof entry === 'string'))].toSorted();
  const others = new Map(all.filter((entry) => typeof entry !== 'string').map((entry) => [dumpJson(entry), entry]));
  return [...texts, ...[...others].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)];
}

function groupEntries(entries: Dict, groups: readonly string[]): readonly Value[] {
  return groups.flatMap((group) => listOf(entries, `${group}%`) ?? []);
}

/** What is written for everybody or for a group is not for somebody who is called `*` or `operators%`. */
function ownList(entries: Dict, user: string): readonly Value[] | undefined {
  return user === '*' || user.endsWith('%') ? undefined : listOf(entries, user);
}

/** Keys that begin with `^` are settings of the method, and nobody's name. */
function listOf(entries: Dict, key: string): readonly Value[] | undefined {
  const value = key.startsWith('^') ? undefined : entries.get(key);
  return Array.isArray(value) ? value : undefined;
}
