import type { StateContext } from '../../kit/index.ts';
import type { PackageDatabase, PackageManager } from './package-manager.ts';

type Memory = StateContext['memory'];

const databaseKey = 'packages:installed';
const refreshedKey = 'packages:refreshed';

/** What is installed, asked of the system once a run; asked again after {@link forgetInstalled}. */
export function installedPackages(
  manager: PackageManager,
  { host, memory }: Pick<StateContext, 'host' | 'memory'>,
): Promise<PackageDatabase> {
  const known = memory.get(databaseKey) as Promise<PackageDatabase> | undefined;
  if (known !== undefined) return known;
  const asked = manager.installed(host);
  memory.set(databaseKey, asked);
  // A failure must not be remembered: the next step asks again.
  asked.catch(() => memory.delete(databaseKey));
  return asked;
}

/** To be called after anything that may have changed what is installed. */
export function forgetInstalled(memory: Memory): void {
  memory.delete(databaseKey);
}

/** Whether the lists of packages were refreshed in this run already. */
export function wasRefreshed(memory: Memory): boolean {
  return memory.get(refreshedKey) === true;
}

/** Notes that the lists are fresh; `false` when a repository changed since. */
export function noteRefreshed(memory: Memory, fresh: boolean): void {
  memory.set(refreshedKey, fresh);
}
