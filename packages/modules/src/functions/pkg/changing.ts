import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { packageChanges } from '../../providers/packages/package-changes.ts';
import { forgetInstalled, installedPackages } from '../../providers/packages/package-memory.ts';
import type { InstallTarget, PackageManager } from '../../providers/packages/package-manager.ts';
import { failure } from '../failure.ts';

/** Does something to packages and answers what changed: name → versions before and after. */
export async function changing(
  context: FunctionContext,
  act: (manager: PackageManager) => Promise<void>,
): Promise<Plain> {
  const manager = await choosePackageManager(context.host, context.grains);
  const before = await installedPackages(manager, context);
  await act(manager);
  forgetInstalled(context.memory);
  return packageChanges(before, await installedPackages(manager, context));
}

/** The packages that a call names, with their versions. */
export function readTargets(
  single: string | undefined,
  several: readonly Value[] | undefined,
  version: string | undefined,
): readonly InstallTarget[] {
  if (several === undefined) {
    if (single === undefined) throw failure('pkg.install needs the name of a package.');
    return single.split(',').map((each) => ({ name: each.trim(), version }));
  }
  return several.flatMap((each): readonly InstallTarget[] => {
    if (!isDict(each)) return [{ name: pythonStr(each) }];
    return Array.from(each, ([key, value]) => ({
      name: pythonStr(key),
      version: value === null ? undefined : pythonStr(value),
    }));
  });
}
