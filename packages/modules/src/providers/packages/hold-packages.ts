import type { PackageDatabase } from './package-manager.ts';
import type { PackageWish } from './package-wishes.ts';

/** A package whose hold has to change. */
export interface HoldChange {
  readonly name: string;
  readonly old: 'hold' | 'install';
  readonly now: 'hold' | 'install';
}

/** The packages that are not held, or are, though the opposite is wanted. */
export function compareHolds(
  wishes: readonly PackageWish[],
  database: PackageDatabase,
  hold: boolean | undefined,
): readonly HoldChange[] {
  if (hold === undefined) return [];
  const differing = wishes.filter(({ name }) => (database.packages.get(name)?.isHeld ?? false) !== hold);
  return differing.map(({ name }) => ({ name, old: hold ? 'install' : 'hold', now: hold ? 'hold' : 'install' }));
}

/** Salt's words for what happens to holds. */
export function describeHolds(holds: readonly HoldChange[], tense: 'pending' | 'done'): readonly string[] {
  return holds.map(({ name, now }) => {
    if (tense === 'pending') return `Package ${name} is set to be ${now === 'hold' ? 'held' : 'unheld'}.`;
    return now === 'hold' ? `Package ${name} is now being held.` : `Package ${name} is no longer being held.`;
  });
}
