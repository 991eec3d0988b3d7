import type { ReadHost } from '../../../kit/index.ts';
import { toolFailure } from '../../commands/run-tool.ts';
import type { PackageDetails } from '../package-manager.ts';

// Salt's name of a detail → the field of dpkg's database.
const fields: Readonly<Record<string, string>> = {
  revision: 'binary:Revision',
  arch: 'Architecture',
  packager: 'Maintainer',
  summary: 'binary:Summary',
  source: 'source:Package',
  version: 'Version',
  group: 'Section',
  size: 'Size',
  vendor: 'Origin',
  url: 'Homepage',
  description: 'Description',
  install_date_time_t: 'db-fsys:Last-Modified',
};
const fieldEnd = '\u001f';
const recordEnd = '\u001e';

/** What dpkg knows of installed packages; throws when one is not known to it. */
export async function dpkgDetails(
  host: ReadHost,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly PackageDetails[]>> {
  const format = ['Package', 'db:Status-Abbrev', ...Object.values(fields)].map((field) => `\${${field}}`);
  const command = ['dpkg-query', '--show', `--showformat=${format.join(fieldEnd)}${recordEnd}`, '--', ...names];
  const result = await host.inspect({ command, timeout: 120_000, outputLimit: 64 * 1024 * 1024 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const found = new Map<string, readonly PackageDetails[]>();
  for (const record of result.stdout.split(recordEnd).filter((each) => each !== '')) {
    const [name = '', status = '', ...values] = record.split(fieldEnd);
    if (status[1] !== 'i') continue;
    const known = Object.keys(fields).flatMap((field, index): [string, string | number][] => {
      const value = values[index]?.trim() ?? '';
      if (value === '') return [];
      if (field !== 'install_date_time_t') return [[field, value]];
      const seconds = Number(value);
      return [
        ['install_date_time_t', seconds],
        ['install_date', `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`],
      ];
    });
    found.set(name, [{ name, ...Object.fromEntries(known) }]);
  }
  return found;
}

/** The paths of an installed package; `undefined` when it is not installed. */
export async function dpkgFiles(host: ReadHost, name: string): Promise<readonly string[] | undefined> {
  const { exitCode, stdout } = await host.inspect({ command: ['dpkg-query', '--listfiles', '--', name] });
  return exitCode === 0 ? stdout.split('\n').filter((line) => line.startsWith('/')) : undefined;
}

/** The package a path belongs to; an empty text when it belongs to none. */
export async function dpkgOwner(host: ReadHost, path: string): Promise<string> {
  const { exitCode, stdout } = await host.inspect({ command: ['dpkg-query', '--search', '--', path] });
  return exitCode === 0 ? (stdout.split('\n')[0]?.split(': ')[0] ?? '') : '';
}
