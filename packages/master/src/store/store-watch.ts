import { existsSync } from 'node:fs';
import type Database from 'libsql';
import { takeCleanEnd } from './clean-end-store.ts';
import { findDamage, isDamage, salvage, type Salvage, type SalvageFailpoint } from './salvage-store.ts';

/** Who is told of a damaged file. */
export interface StoreWatch {
  /** Where fault tests strike. */
  readonly reach?: (failpoint: SalvageFailpoint) => void;
  /** One was put aside when the store was opened, or nobody was told of that yet. */
  readonly onSalvage?: (salvage: Salvage) => void;
  /** The open one turned out to be damaged: what was asked failed, and will again. Called once. */
  readonly onDamage?: (error: unknown) => void;
}

/** What a damaged file is salvaged with. */
interface SalvageDamagedOptions {
  readonly now: () => number;
  readonly watch: StoreWatch;
  readonly open: (path: string) => Database.Database;
  /** Takes out of the new file what has lost its other half. */
  readonly settle: (fresh: Database.Database) => void;
}

/**
 * Puts a damaged file aside before it is opened. One that was closed properly and is as it was then is not looked at. What
 * an earlier start began with is finished.
 */
export function salvageDamaged(path: string, { now, watch, open, settle }: SalvageDamagedOptions): void {
  const kept = salvage(path, {
    ...{ settle, create: open, stamp: String(now()), reach: watch.reach ?? (() => {}) },
    problem: () => (takeCleanEnd(path) || !existsSync(path) ? undefined : findDamage(path)),
  });
  if (kept === undefined) return;
  if (watch.onSalvage === undefined) kept.forget();
  else watch.onSalvage(kept);
}

/** Watches what is done with an open file for damage. */
export interface DamageTeller {
  /** Does something with it; tells of the first damage that is met. */
  watching<Result>(work: () => Result): Result;
  readonly isDamaged: boolean;
}

export function createDamageTeller({ onDamage }: StoreWatch): DamageTeller {
  let isDamaged = false;
  return {
    get isDamaged() {
      return isDamaged;
    },
    watching(work) {
      try {
        return work();
      } catch (error) {
        if (!isDamaged && isDamage(error)) {
          isDamaged = true;
          onDamage?.(error);
        }
        throw error;
      }
    },
  };
}
