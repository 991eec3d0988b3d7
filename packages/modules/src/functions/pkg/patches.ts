import { z } from 'zod';
import { commaList, flag, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { canVerify } from '../../providers/packages/altered-packages.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { patchesOf, type Patch } from '../../providers/packages/rpm/patches.ts';
import { verifyFiles } from '../../providers/packages/rpm/verify-files.ts';
import { failure } from '../failure.ts';

async function readPatches(context: FunctionContext, refresh: boolean): Promise<readonly (readonly [string, Patch])[]> {
  const manager = await choosePackageManager(context.host, context.grains);
  const tool = patchesOf(manager);
  if (tool === undefined) throw failure(`${manager.name} knows no advisories.`);
  if (refresh) await manager.refresh(context.host);
  return [...(await tool.read(context.host))];
}

export const listPatches = defineFunction({
  name: 'pkg.list_patches',
  summary: 'The advisories that dnf, yum or zypper know, and whether they are installed.',
  args: z.object({ refresh: withDefault(flag(), false).describe('Fetch the lists first.') }),
  examples: ["'*' pkg.list_patches"],
  run: async ({ refresh }, context) =>
    Object.fromEntries((await readPatches(context, refresh)).map(([id, patch]) => [id, { ...patch }])),
});

export const listInstalledPatches = defineFunction({
  name: 'pkg.list_installed_patches',
  summary: 'The advisories that are installed.',
  args: z.object({}),
  examples: ["'*' pkg.list_installed_patches"],
  async run(_args, context) {
    const installed = (await readPatches(context, false)).filter(([, patch]) => patch.installed);
    return Object.fromEntries(installed.map(([id, patch]) => [id, { ...patch }]));
  },
});

export const verify = defineFunction({
  name: 'pkg.verify',
  summary: 'The files of installed packages, of all without names, that differ from what the packages brought, by rpm.',
  args: z.object({
    names: textList().describe('Names of packages.'),
    ignore_types: withDefault(commaList(), []).describe('Kinds of files: config, doc, ghost, license, readme.'),
    verify_options: withDefault(commaList(), []).describe('Checks that are left out: nodeps, nosize.'),
  }),
  variadic: 'names',
  examples: ["'*' pkg.verify httpd", "'*' pkg.verify httpd postfix ignore_types=config,doc"],
  async run({ names, ignore_types: ignoreTypes, verify_options: options }, context) {
    const manager = await choosePackageManager(context.host, context.grains);
    if (!canVerify(manager)) throw failure('pkg.verify not implemented');
    const altered = await verifyFiles(context.host, names, { ignoreTypes, options });
    return Object.fromEntries(Object.entries(altered).map(([path, file]) => [path, { ...file }]));
  },
});
