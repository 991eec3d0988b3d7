import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint } from '../run-program.ts';
import { readText } from '../text-file.ts';
import { chooseDatabase, packageNames } from './package-database.ts';
import { belowRoot, rpmRoot } from './rpm-root.ts';

export const info = defineFunction({
  name: 'lowpkg.info',
  summary: 'What is known of installed packages, of all without names.',
  args: z.object({
    packages: packageNames,
    failhard: withDefault(flag(), true).describe('Fail when one is not installed.'),
    attr: optional(commaList()).describe('The details that are wanted.'),
    all_versions: withDefault(flag(), false).describe('On rpm: answer lists, with all versions.'),
    root: rpmRoot,
  }),
  variadic: 'packages',
  examples: ["'*' lowpkg.info apache2 bash", "'*' lowpkg.info apache2 bash attr=version,arch"],
  async run({ packages, failhard, attr, all_versions: hasAll, root }, outer): Promise<Plain> {
    const context = belowRoot(outer, root);
    const { manager, kind } = await chooseDatabase(context);
    const isWanted = ([key]: readonly [string, unknown]): boolean => attr === undefined || attr.includes(key);
    if (kind === 'rpm') {
      const found = await manager.details(context.host, packages);
      const choose = ({ name: _name, ...one }: object & { readonly name?: unknown }): Plain =>
        Object.fromEntries(Object.entries(one).filter(isWanted)) as Plain;
      const rows = Array.from(found, ([name, all]): [string, Plain] => [
        name,
        hasAll ? all.map(choose) : choose(all[0] ?? {}),
      ]);
      return Object.fromEntries(rows);
    }
    const rows: [string, Plain][] = [];
    for (const one of await dpkgRecords(packages, failhard, context))
      rows.push([one.package, Object.fromEntries(Object.entries(one).filter(isWanted))]);
    return Object.fromEntries(rows);
  },
});

// Salt's name of a detail → the field of dpkg, in Salt's order.
const fields: Readonly<Record<string, string>> = {
  package: 'Package',
  revision: 'binary:Revision',
  arch: 'Architecture',
  maintainer: 'Maintainer',
  summary: 'Summary',
  source: 'source:Package',
  version: 'Version',
  section: 'Section',
  size: 'Size',
  MD5: 'MD5sum',
  SHA1: 'SHA1',
  SHA256: 'SHA256',
  origin: 'Origin',
  homepage: 'Homepage',
  status: 'db:Status-Abbrev',
  description: 'Description',
};
const fieldEnd = '\u001f';
const recordEnd = '\u001e';

async function dpkgRecords(
  names: readonly string[],
  failsHard: boolean,
  context: FunctionContext,
): Promise<readonly (Readonly<Record<string, Plain>> & { readonly package: string })[]> {
  const format = Object.values(fields).map((field) => `\${${field}}`);
  const command = ['dpkg-query', '-W', `-f=${format.join(fieldEnd)}${recordEnd}`, '--', ...names];
  const { host, signal } = context;
  const result = await host.inspect({ command, signal, timeout: 120_000, outputLimit: 64 * 1024 * 1024 });
  if (result.exitCode !== 0 && failsHard) throw failure(`Error getting packages information: ${complaint(result)}`);
  if (result.exitCode !== 0) return [];
  const records: (Record<string, Plain> & { readonly package: string })[] = [];
  for (const record of result.stdout.split(recordEnd).filter((one) => one.includes(fieldEnd))) {
    const values = record.split(fieldEnd);
    const { description = '', ...told } = Object.fromEntries(
      Object.keys(fields).map((key, at) => [key, values[at] ?? '']),
    );
    const known = Object.entries(told).flatMap(([key, value]): [string, string][] =>
      value.trim() === '' ? [] : [[key, value.trim()]],
    );
    const { package: name = '', arch = '' } = told;
    records.push({
      ...Object.fromEntries(known),
      package: name,
      ...(await timesOf(name, arch, context)),
      description: `${description}\n`,
      ...(await licenseOf(name, context)),
    });
  }
  return records;
}

async function timesOf(name: string, arch: string, { host }: FunctionContext): Promise<Record<string, Plain>> {
  const info = '/var/lib/dpkg/info';
  const lists = arch === 'all' ? [`${info}/${name}.list`] : [`${info}/${name}:${arch}.list`, `${info}/${name}.list`];
  const folder = `/usr/share/doc/${name}`;
  // Any file of the documentation was made when the package was.
  const documents = ((await host.files.list(folder)) ?? []).map((file) => `${folder}/${file}`);
  return { ...(await stamp('install', lists, host)), ...(await stamp('build', documents, host)) };
}

async function stamp(
  what: string,
  paths: readonly string[],
  host: FunctionContext['host'],
): Promise<Record<string, Plain>> {
  for (const path of paths) {
    const stat = await host.files.stat(path, { follow: true });
    if (stat === undefined) continue;
    const seconds = Math.floor(stat.modifiedAt / 1000);
    const date = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
    return { [`${what}_date`]: date, [`${what}_date_time_t`]: seconds };
  }
  return {};
}

async function licenseOf(name: string, { host }: FunctionContext): Promise<Record<string, string>> {
  const text = (await readText(host, `/usr/share/doc/${name}/copyright`)) ?? '';
  const licenses = new Set(Array.from(text.matchAll(/^License:(.*)$/gm), ([, license = '']) => license.trim()));
  return licenses.size === 0 ? {} : { license: [...licenses].toSorted().join(', ') };
}

export const unpurge = defineFunction({
  name: 'lowpkg.unpurge',
  summary: 'Keeps packages that are marked to be purged, and answers which were.',
  args: z.object({ packages: packageNames }),
  variadic: 'packages',
  examples: ["'*' lowpkg.unpurge curl"],
  async run({ packages }, context): Promise<Plain> {
    const { manager, kind } = await chooseDatabase(context);
    if (kind === 'rpm') throw failure('lowpkg.unpurge is for dpkg.');
    if (packages.length === 0) return {};
    const before = (await manager.installed(context.host)).packages;
    const input = packages.map((name) => `${name} install\n`).join('');
    const result = await context.host.run({ command: ['dpkg', '--set-selections'], input, signal: context.signal });
    if (result.exitCode !== 0) context.log.error('dpkg kept its selections', { said: complaint(result) });
    context.memory.clear();
    const after = (await manager.installed(context.host)).packages;
    const kept = [...before].filter(([name, one]) => one.isUnwanted === true && after.get(name)?.isUnwanted !== true);
    return Object.fromEntries(kept.map(([name, { version }]) => [name, { old: version, new: '' }]));
  },
});
