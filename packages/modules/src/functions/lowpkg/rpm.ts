import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, dict, flag, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { PackageManager } from '../../providers/packages/package-manager.ts';
import { askRpm, compareRpmVersions } from '../../providers/packages/rpm/rpm-database.ts';
import { verifyFiles } from '../../providers/packages/rpm/verify-files.ts';
import { failure } from '../failure.ts';
import { isTruthy } from '../../kit/truth.ts';
import { chooseDatabase, packageNames } from './package-database.ts';
import { belowRoot, rpmRoot } from './rpm-root.ts';

/** The manager of a machine whose packages rpm keeps. Throws on others. */
export async function requireRpm(context: FunctionContext, name: string): Promise<PackageManager> {
  const { manager, kind } = await chooseDatabase(context);
  if (kind !== 'rpm') throw failure(`${name} is for rpm, which does not keep the packages here.`);
  return manager;
}

const paths = textList()
  .refine((given) => given.every((path) => path.startsWith('/') && !path.includes('\0')), 'must be absolute paths')
  .describe('Paths.');

export const verify = defineFunction({
  name: 'lowpkg.verify',
  summary: 'The files of packages, of all without names, that differ from what the packages brought, by rpm.',
  args: z.object({
    packages: packageNames,
    ignore_types: withDefault(commaList(), []).describe('Kinds of files: config, doc, ghost, license, readme.'),
    verify_options: withDefault(commaList(), []).describe('Checks that are left out: nodeps, nosize.'),
    root: rpmRoot,
  }),
  variadic: 'packages',
  examples: ["'*' lowpkg.verify httpd", "'*' lowpkg.verify httpd postfix ignore_types=config,doc"],
  async run({ packages, ignore_types: ignoreTypes, verify_options: options, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.verify');
    const altered = await verifyFiles(belowRoot(context, root).host, packages, { ignoreTypes, options });
    return Object.fromEntries(Object.entries(altered).map(([path, file]) => [path, { ...file }]));
  },
});

// Salt's words for what differs, where they are not those of `verify`.
const ownWords: Readonly<Record<string, string>> = {
  md5sum: 'checksum',
  'device major/minor number': 'device',
  'readlink path': 'symlink',
  user: 'owner',
  mtime: 'time',
};

export const modified = defineFunction({
  name: 'lowpkg.modified',
  summary: 'The files of packages, of all without names, that were changed: path → what is not as it was, by rpm.',
  args: z.object({
    packages: packageNames,
    root: rpmRoot,
    kwargs: dict().describe('Kinds of changes that a file must have (`mode=True`) or must not (`config=False`).'),
  }),
  variadic: 'packages',
  keywords: 'kwargs',
  examples: ["'*' lowpkg.modified httpd", "'*' lowpkg.modified httpd config=False"],
  async run({ packages, kwargs, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.modified');
    const altered = await verifyFiles(belowRoot(context, root).host, packages, { ignoreTypes: [], options: [] });
    const rows = Object.entries(altered).flatMap(([path, { mismatch, type }]): [string, string[]][] => {
      if (mismatch === undefined) return [];
      const words = mismatch.map((word) => ownWords[word] ?? word);
      return [[path, type === 'config' ? [...words, 'config'] : words]];
    });
    const fits = (words: readonly string[]): boolean =>
      [...kwargs].every(([word, wanted]) => words.includes(pythonStr(word)) === isTruthy(wanted));
    return Object.fromEntries(rows.filter(([, words]) => fits(words)));
  },
});

export const owner = defineFunction({
  name: 'lowpkg.owner',
  ignoresOthers: true,
  summary: 'The package that a path belongs to, or of several paths each; an empty text for one that belongs to none.',
  args: z.object({ paths, root: rpmRoot }),
  variadic: 'paths',
  examples: ["'*' lowpkg.owner /usr/bin/apachectl", "'*' lowpkg.owner /usr/bin/apachectl /etc/httpd/conf/httpd.conf"],
  async run({ paths: wanted, root }, context): Promise<Plain> {
    const { host } = belowRoot(context, root);
    const manager = await requireRpm(context, 'lowpkg.owner');
    const rows: [string, string][] = [];
    for (const path of wanted) rows.push([path, await manager.owner(host, path)]);
    return rows.length > 1 ? Object.fromEntries(rows) : (rows[0]?.[1] ?? '');
  },
});

export const checksum = defineFunction({
  name: 'lowpkg.checksum',
  ignoresOthers: true,
  summary: 'Whether package files are whole and, where they are signed, rightly so: path → true or false.',
  args: z.object({ paths, root: rpmRoot }),
  variadic: 'paths',
  examples: ["'*' lowpkg.checksum /path/to/package1.rpm /path/to/package2.rpm"],
  async run({ paths: wanted, root }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.checksum');
    const { host } = belowRoot(context, root);
    if (wanted.length === 0) throw failure('No package files has been specified.');
    const rows: [string, boolean][] = [];
    for (const path of wanted) {
      const isFile = (await context.host.files.stat(path, { follow: true }))?.kind === 'file';
      rows.push([path, isFile && (await askRpm(host, ['-K', '--quiet', path])).exitCode === 0]);
    }
    return Object.fromEntries(rows);
  },
});

export const versionCmp = defineFunction({
  name: 'lowpkg.version_cmp',
  summary: 'Whether a version is older (-1), the same (0) or newer (1) than another, as rpm orders them.',
  args: z.object({
    ver1: text().describe('A version.'),
    ver2: text().describe('Another version.'),
    ignore_epoch: withDefault(flag(), false).describe('Leave epochs (`1:`) out.'),
  }),
  examples: ["'*' lowpkg.version_cmp '0.2-001' '0.2.0.1-002'"],
  async run({ ver1, ver2, ignore_epoch: ignoresEpoch }, context): Promise<Plain> {
    await requireRpm(context, 'lowpkg.version_cmp');
    const bare = (given: string): string => (ignoresEpoch ? given.replace(/^\d+:/, '') : given);
    return Math.sign(compareRpmVersions(bare(ver1), bare(ver2)));
  },
});
