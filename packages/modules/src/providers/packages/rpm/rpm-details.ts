import { toolFailure } from '../../commands/run-tool.ts';
import type { ReadHost } from '../../../kit/index.ts';
import type { PackageDetails } from '../package-manager.ts';
import { askRpm, compareRpmVersions, rpmVersion } from './rpm-database.ts';

// Salt's name of a detail → rpm's tag. Dates come as seconds.
const tags: Readonly<Record<string, string>> = {
  relocations: '%|PREFIXES?{[%{PREFIXES} ]}:{(not relocatable)}|',
  version: '%{VERSION}',
  vendor: '%{VENDOR}',
  release: '%{RELEASE}',
  epoch: '%|EPOCH?{%{EPOCH}}|',
  build_date_time_t: '%{BUILDTIME}',
  install_date_time_t: '%{INSTALLTIME}',
  build_host: '%{BUILDHOST}',
  group: '%{GROUP}',
  source: '%{SOURCERPM}',
  size: '%{LONGSIZE}',
  arch: '%{ARCH}',
  license: '%|LICENSE?{%{LICENSE}}|',
  signature: '%|DSAHEADER?{%{DSAHEADER:pgpsig}}:{%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{(none)}|}|',
  packager: '%|PACKAGER?{%{PACKAGER}}|',
  url: '%|URL?{%{URL}}|',
  summary: '%{SUMMARY}',
  description: '%{DESCRIPTION}',
};
const fieldEnd = '\u001f';
const recordEnd = '\u001e';
const dates = { build_date_time_t: 'build_date', install_date_time_t: 'install_date' } as const;

/** What rpm knows of installed packages, newest version first; throws when one of `names` is not installed. */
export async function rpmDetails(
  host: ReadHost,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly PackageDetails[]>> {
  const format = ['%{NAME}', ...Object.values(tags)].join(fieldEnd) + recordEnd;
  const which = names.length === 0 ? ['-qa'] : ['-q'];
  const result = await askRpm(host, [...which, '--queryformat', format, '--', ...names]);
  if (result.exitCode !== 0) throw toolFailure(['rpm'], result);
  const found = new Map<string, PackageDetails[]>();
  for (const record of result.stdout.split(recordEnd).filter((each) => each.includes(fieldEnd))) {
    const [name = '', ...values] = record.split(fieldEnd);
    const details = { name, ...readValues(values) };
    if (name !== 'gpg-pubkey') found.set(name, [...(found.get(name) ?? []), details]);
  }
  const newestFirst = Array.from(found, ([name, all]) => {
    const version = (one: PackageDetails): string =>
      rpmVersion(String(one['epoch'] ?? ''), `${String(one['version'])}-${String(one['release'])}`);
    return [name, all.toSorted((a, b) => compareRpmVersions(version(b), version(a)))] as const;
  });
  return new Map(newestFirst);
}

function readValues(values: readonly string[]): PackageDetails {
  const details: Record<string, string | number> = {};
  for (const [index, name] of Object.keys(tags).entries()) {
    const value = values[index]?.trim() ?? '';
    if (value === '') continue;
    details[name] = name in dates ? Number(value) : value;
    if (name in dates)
      details[dates[name as keyof typeof dates]] = `${new Date(Number(value) * 1000).toISOString().slice(0, 19)}Z`;
  }
  return details;
}
