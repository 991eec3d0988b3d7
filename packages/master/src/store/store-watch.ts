import { existsSync } from 'node:fs';
import type Database from 'libsql';
import { findDamage, isDamage, salvage, type Salvage } from './salvage-store.ts';

/** Who is told of a damaged file. */
export interface StoreWatch {
  /** One was put aside when the store was opened. */
  readonly onSalvage?: (salvage: Salvage) => void;
  /** The open one turned out to be damaged: what was asked failed, and will again. Called once. */
  readonly onDamage?: (error: unknown) => void;
}

/** Puts a damaged file aside before it is opened, with jobs and deliveries of the new one belonging together. */
export function salvageDamaged(
  path: string,
  {
    now,
    watch,
    open,
  }: { readonly now: () => number; readonly watch: StoreWatch; readonly open: (path: string) => Database.Database },
): void {
  const problem = existsSync(path) ? findDamage(path) : undefined;
  if (problem === undefined) return;
  const settle = (fresh: Database.Database): void => {
    fresh.exec('DELETE FROM deliveries WHERE jid NOT IN (SELECT jid FROM jobs)');
  };
  const kept = salvage(path, { problem, stamp: String(now()), create: () => open(path), settle });
  watch.onSalvage?.(kept);
}

/** Tells of the first damage that is met. */
export function createDamageTeller({ onDamage }: StoreWatch): <Result>(work: () => Result) => Result {
  let isTold = false;
  return (work) => {
    try {
      return work();
    } catch (error) {
      if (!isTold && isDamage(error)) {
        isTold = true;
        onDamage?.(error);
      }
      throw error;
    }
  };
}
