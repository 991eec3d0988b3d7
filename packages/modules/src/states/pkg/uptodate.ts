import { z } from 'zod';
import {
  defineState,
  flag,
  isOk,
  optional,
  text,
  valueList,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { packageChanges } from '../../providers/packages/package-changes.ts';
import { forgetInstalled, installedPackages } from '../../providers/packages/package-memory.ts';
import { readWishes } from '../../providers/packages/package-wishes.ts';
import { areListsOld, oldListsNote, refreshLists } from '../../providers/packages/refresh-lists.ts';

const upToDate = 'System is already up-to-date';

/** `pkg.uptodate` */
export const uptodate = defineState({
  name: 'pkg.uptodate',
  summary: 'Keeps all packages at the newest version on offer.',
  args: z.object({
    name: text().describe('Any name.'),
    refresh: withDefault(flag(), false).describe('Whether the package lists are refreshed first.'),
    pkgs: optional(valueList()).describe('Only these packages.'),
    dist_upgrade: withDefault(flag(), false).describe('Whether packages may be installed and removed for it.'),
  }),
  examples: [
    `everything up to date:
  pkg.uptodate:
    - refresh: true`,
  ],
  acceptsUnknown: true,
  async check({ name, refresh, pkgs, dist_upgrade: distUpgrade }, context) {
    const manager = await choosePackageManager(context.host, context.grains);
    const only = pkgs === undefined ? undefined : readWishes({ name, pkgs }).map((wish) => wish.name);
    const wish = { wish: refresh, validSeconds: undefined, context };
    const isOld = await areListsOld(manager, context.host, wish);
    const find = async (host: ReadHost): Promise<readonly (readonly [string, string])[]> =>
      [...(await manager.upgrades(host, { distUpgrade }))].filter(([one]) => only === undefined || only.includes(one));
    const wanted = await find(context.host);
    if (wanted.length === 0 && !isOld) return isOk(upToDate);
    const before = await installedPackages(manager, context);
    const changes = Object.fromEntries(
      wanted.map(([one, version]) => [one, { new: version, old: before.packages.get(one)?.version ?? '' }] as const),
    );
    const comment = `System update will be performed${isOld ? `. ${oldListsNote}` : ''}`;
    return willChange({ comment, changes }, (machine) =>
      attempt('An error was encountered while updating packages', async () => {
        await refreshLists(manager, machine, wish);
        if ((await find(machine)).length === 0) return { comment: upToDate, changes: {} };
        await manager.upgrade(machine, { distUpgrade, names: only, signal: context.signal });
        forgetInstalled(context.memory);
        const after = await installedPackages(manager, { ...context, host: machine });
        return { comment: 'Upgrade ran successfully', changes: packageChanges(before, after) };
      }),
    );
  },
});
