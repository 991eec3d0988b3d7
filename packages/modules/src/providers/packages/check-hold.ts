import type { CheckOutcome, Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { choosePackageManager } from './choose-package-manager.ts';
import { compareHolds, describeHolds } from './hold-packages.ts';
import { forgetInstalled, installedPackages } from './package-memory.ts';
import type { PackageDatabase } from './package-manager.ts';
import { findBadName, readWishes } from './package-wishes.ts';

/** `pkg.held` or `pkg.unheld` as an SLS file describes it. */
export interface HoldRequest {
  readonly name: string;
  readonly pkgs: Value[] | undefined;
  /** Releases what is not named. */
  readonly replace?: boolean;
  /** Means every package. */
  readonly all?: boolean;
}

/** Compares packages with being held, or not. */
export async function checkHold(
  request: HoldRequest,
  context: StateContext,
  held: boolean,
): Promise<CheckOutcome<Host>> {
  const manager = await choosePackageManager(context.host, context.grains);
  const database = await installedPackages(manager, context);
  const wishes = request.all === true ? heldOnes(database) : readWishes(request);
  const bad = findBadName(wishes);
  if (bad !== undefined) return fails(`The name ${bad} cannot be that of a package`);
  const missing = wishes.map(({ name }) => name).filter((name) => held && !database.packages.has(name));
  if (missing.length > 0) return fails(`Package ${missing.join(', ')} not installed.`);
  const named = new Set(wishes.map(({ name }) => name));
  const others = request.replace === true ? heldOnes(database).filter(({ name }) => !named.has(name)) : [];
  const holds = [...compareHolds(wishes, database, held), ...compareHolds(others, database, false)];
  if (holds.length === 0) return isOk(`Packages are already ${held ? 'held' : 'unheld'}: ${[...named].join(', ')}`);
  const changes = Object.fromEntries(holds.map(({ name, old, now }) => [name, { new: now, old }]));
  return willChange({ comment: describeHolds(holds, 'pending').join('\n'), changes }, (machine) =>
    attempt('', async () => {
      for (const now of ['hold', 'install'] as const) {
        const names = holds.filter((hold) => hold.now === now).map(({ name }) => name);
        if (names.length > 0) await manager.hold(machine, names, now === 'hold');
      }
      forgetInstalled(context.memory);
      return { comment: describeHolds(holds, 'done').join('\n'), changes };
    }),
  );
}

function heldOnes({ packages }: PackageDatabase): readonly { name: string; version: undefined }[] {
  return [...packages].filter(([, one]) => one.isHeld).map(([name]) => ({ name, version: undefined }));
}
