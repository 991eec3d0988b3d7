import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, valueList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { findBadName } from '../../providers/packages/package-wishes.ts';
import { forgetInstalled, installedPackages } from '../../providers/packages/package-memory.ts';
import { failure } from '../failure.ts';
import { changing, readTargets } from './changing.ts';

const name = optional(lineText()).describe('Name of the package.');
const pkgs = optional(valueList()).describe('Names, or dictionaries of name and version, instead of `name`.');

export const remove = defineFunction({
  name: 'pkg.remove',
  ignoresOthers: true,
  summary: 'Removes packages and answers what changed.',
  args: z.object({ name, pkgs }),
  examples: ["'*' pkg.remove vim", `'*' pkg.remove pkgs='["foo", "bar"]'`],
  run: (args, context) => removing(context, args, false),
});

export const purge = defineFunction({
  name: 'pkg.purge',
  ignoresOthers: true,
  summary: 'Removes packages with their configuration and answers what changed.',
  args: z.object({ name, pkgs }),
  examples: ["'*' pkg.purge vim", `'*' pkg.purge pkgs='["foo", "bar"]'`],
  run: (args, context) => removing(context, args, true),
});

export const upgrade = defineFunction({
  name: 'pkg.upgrade',
  ignoresOthers: true,
  summary: 'Upgrades all packages and answers what changed.',
  args: z.object({
    refresh: withDefault(flag(), true).describe('Fetch the lists of packages first.'),
    dist_upgrade: withDefault(flag(), false).describe('Let the upgrade install and remove packages.'),
  }),
  examples: ["'*' pkg.upgrade"],
  run: ({ refresh, dist_upgrade: distUpgrade }, context) =>
    changing(context, async (manager) => {
      if (refresh) await manager.refresh(context.host);
      await manager.upgrade(context.host, { distUpgrade, signal: context.signal });
    }),
});

export const hold = holdFunction('pkg.hold', true);
export const unhold = holdFunction('pkg.unhold', false);

function holdFunction(functionName: string, isHeld: boolean) {
  return defineFunction({
    name: functionName,
    ignoresOthers: true,
    summary: `${isHeld ? 'Keeps' : 'Stops keeping'} packages at their versions and answers what was done.`,
    args: z.object({
      name: optional(commaList()).describe('Names of packages.'),
      pkgs,
      sources: optional(valueList()).describe('The same as dictionaries of name and file, which is not looked at.'),
    }),
    examples: [`'*' ${functionName} foo`],
    async run(args, context): Promise<Plain> {
      const sources = (args.sources ?? []).flatMap((one) => (isDict(one) ? [...one.keys()] : [one]));
      const names = [...(args.name ?? []), ...[...(args.pkgs ?? []), ...sources].map((one) => pythonStr(one))];
      if (names.length === 0) throw failure(`${functionName} needs the name of a package.`);
      const bad = findBadName(names.map((each) => ({ name: each, version: undefined })));
      if (bad !== undefined) throw failure(`The name ${bad} cannot be that of a package.`);
      const manager = await choosePackageManager(context.host, context.grains);
      const { packages } = await installedPackages(manager, context);
      const changing = names.filter((each) => packages.has(each) && packages.get(each)?.isHeld !== isHeld);
      if (changing.length > 0) await manager.hold(context.host, changing, isHeld);
      forgetInstalled(context.memory);
      const answer = (each: string): Plain => {
        if (!packages.has(each)) return holdAnswer(each, { result: false, comment: `Package ${each} not installed.` });
        if (!changing.includes(each)) return holdAnswer(each, { result: true, comment: already(each) });
        const changes = isHeld ? { new: 'hold', old: 'install' } : { new: 'install', old: 'hold' };
        return holdAnswer(each, { result: true, changes, comment: now(each) });
      };
      return Object.fromEntries(names.map((each) => [each, answer(each)]));
    },
  });

  function already(each: string): string {
    return isHeld ? `Package ${each} is already set to be held.` : `Package ${each} is already set not to be held.`;
  }

  function now(each: string): string {
    return isHeld ? `Package ${each} is now being held.` : `Package ${each} is no longer being held.`;
  }
}

function holdAnswer(
  name: string,
  { result, changes = {}, comment }: { readonly result: boolean; readonly changes?: Plain; readonly comment: string },
): Plain {
  return { name, changes, result, comment };
}

async function removing(
  context: FunctionContext,
  args: { readonly name: string | undefined; readonly pkgs: readonly Value[] | undefined },
  isPurge: boolean,
): Promise<Plain> {
  const manager = await choosePackageManager(context.host, context.grains);
  const { packages } = await installedPackages(manager, context);
  // What is not there needs no removing: the program would complain of it, and leave the rest.
  const names = readTargets(args.name, args.pkgs, undefined)
    .map((target) => target.name)
    .filter((each) => packages.has(each) && (isPurge || packages.get(each)?.isConfigOnly !== true));
  if (names.length === 0) return {};
  return changing(context, async () => manager.remove(context.host, names, { purge: isPurge, signal: context.signal }));
}
