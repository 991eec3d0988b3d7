import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { apt } from './apt/apt.ts';
import type { PackageManager } from './package-manager.ts';

/** The package manager of a machine. Throws `provider-missing` when there is none that is known. */
export async function choosePackageManager(host: ReadHost): Promise<PackageManager> {
  if ((await host.which('apt-get')) !== undefined) return apt;
  throw new AppError({ code: 'provider-missing', message: 'No supported package manager was found on this minion' });
}
