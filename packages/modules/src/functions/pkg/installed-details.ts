import { isAppError, type Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import type { PackageDetails } from '../../providers/packages/package-manager.ts';
import { failure } from '../failure.ts';

export const infoInstalled = defineFunction({
  name: 'pkg.info_installed',
  ignoresOthers: true,
  summary: 'What is known of installed packages, of all unless names are given.',
  args: z.object({
    names: textList()
      .refine((names) => names.every((name) => /^[^-\0\n][^\0\n]*$/.test(name)), 'must be names of packages')
      .describe('Names of packages.'),
    failhard: withDefault(flag(), true).describe('Fail when one is not installed.'),
    attr: optional(commaList()).describe('The details that are wanted.'),
    all_versions: withDefault(flag(), false).describe('Answer lists, for machines with several versions of a package.'),
    errors: optional(text()).describe('Accepted for Salt; what is no UTF-8 is replaced.'),
  }),
  variadic: 'names',
  examples: ["'*' pkg.info_installed", "'*' pkg.info_installed bash tar attr=version,vendor"],
  async run({ names: wanted, failhard, attr, all_versions: asList }, { host, grains }) {
    const manager = await choosePackageManager(host, grains);
    const found: [string, readonly PackageDetails[]][] = [];
    // One by one where some may be missing: a package manager answers none of several when one is unknown.
    for (const some of failhard || wanted.length === 0 ? [wanted] : wanted.map((name) => [name]))
      try {
        found.push(...(await manager.details(host, some)));
      } catch (error) {
        if (!isAppError(error, 'state-failed')) throw error;
        if (failhard) throw failure(error.message, error);
      }
    const choose = (details: PackageDetails): Plain =>
      Object.fromEntries(Object.entries(details).filter(([key]) => attr === undefined || attr.includes(key)));
    return Object.fromEntries(
      found.map(([name, all]): [string, Plain] => [name, asList ? all.map(choose) : choose(all[0] ?? {})]),
    );
  },
});
