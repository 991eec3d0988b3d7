import { AppError, type Dict } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { apk } from './apk/apk.ts';
import { apt } from './apt/apt.ts';
import type { PackageManager } from './package-manager.ts';
import { pacman } from './pacman/pacman.ts';
import { createDnf } from './rpm/dnf.ts';
import { zypper } from './rpm/zypper.ts';

/** A package manager and the program that shows that a machine has it, in the order they are looked for. */
const managers: readonly (readonly [program: string, manager: PackageManager])[] = [
  ['apt-get', apt],
  ['dnf', createDnf('dnf')],
  ['yum', createDnf('yum')],
  ['zypper', zypper],
  ['apk', apk],
  ['pacman', pacman],
];

// A machine may have the programs of other families too; those of its own count first.
const ofFamily: Readonly<Record<string, readonly string[]>> = {
  Debian: ['apt-get'],
  RedHat: ['dnf', 'yum'],
  Suse: ['zypper'],
  Alpine: ['apk'],
  Arch: ['pacman'],
};

/**
 * The package manager of a machine: that of its family by the grain `os_family`, or else the first that is there.
 * Throws `provider-missing` when there is none that is known.
 */
export async function choosePackageManager(host: ReadHost, grains: Dict): Promise<PackageManager> {
  const family = grains.get('os_family');
  const own = typeof family === 'string' && Object.hasOwn(ofFamily, family) ? (ofFamily[family] ?? []) : [];
  const others = managers.map(([program]) => program).filter((program) => !own.includes(program));
  for (const program of [...own, ...others]) {
    const found = managers.find(([name]) => name === program)?.[1];
    if (found !== undefined && (await host.which(program)) !== undefined) return found;
  }
  throw new AppError({ code: 'provider-missing', message: 'No supported package manager was found on this minion' });
}
