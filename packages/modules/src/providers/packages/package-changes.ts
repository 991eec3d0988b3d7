import type { Changes } from '@brine/common';
import { versionsOf, type PackageDatabase } from './package-manager.ts';

/** What changed between two looks at the package database: name → `{old, new}`, empty for "not installed". */
export function packageChanges(before: PackageDatabase, after: PackageDatabase): Changes {
  const names = [...new Set([...before.packages.keys(), ...after.packages.keys()])].toSorted();
  const versionIn = (database: PackageDatabase, name: string): string => {
    const found = database.packages.get(name);
    return found === undefined || found.isConfigOnly ? '' : versionsOf(found).join(',');
  };
  const rows = names.map((name) => [name, { old: versionIn(before, name), new: versionIn(after, name) }] as const);
  return Object.fromEntries(rows.filter(([, versions]) => versions.old !== versions.new));
}
