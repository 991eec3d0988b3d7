import { AppError } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import type { InstallOptions, InstallTarget, PackageDatabase, PackageManager } from './package-manager.ts';

/**
 * Acts on packages of which some are held: those are released and held again afterwards when that is allowed; throws
 * `state-failed` otherwise.
 */
export async function besideHolds(
  machine: Host,
  {
    manager,
    database,
    targets,
    options,
  }: {
    readonly manager: Pick<PackageManager, 'hold'>;
    readonly database: PackageDatabase;
    readonly targets: readonly InstallTarget[];
    readonly options: InstallOptions;
  },
  act: () => Promise<void>,
): Promise<void> {
  const held = targets.map(({ name }) => name).filter((name) => database.packages.get(name)?.isHeld === true);
  if (held.length === 0) return act();
  if (options.changeHeld !== true) {
    const message = `The following package(s) could not be updated because they are being held: ${held.join(', ')}. Set 'update_holds' to True to temporarily unhold these packages so that they can be updated.`;
    throw new AppError({ code: 'state-failed', message });
  }
  await manager.hold(machine, held, false);
  try {
    await act();
  } finally {
    await manager.hold(machine, held, true);
  }
}

/** The targets an installation is about: with `onlyUpgrade`, those that are installed. */
export function wantedTargets(
  targets: readonly InstallTarget[],
  { packages }: PackageDatabase,
  { onlyUpgrade }: InstallOptions,
): readonly InstallTarget[] {
  return onlyUpgrade === true ? targets.filter(({ name }) => packages.has(name)) : targets;
}
