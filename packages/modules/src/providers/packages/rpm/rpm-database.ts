import type { ReadHost } from '../../../kit/index.ts';
import { toolFailure } from '../../commands/run-tool.ts';
import { compareWithEpoch, rpmRules } from '../compare-segments.ts';
import type { InstalledPackage, PackageDatabase } from '../package-manager.ts';

/** Orders rpm versions (`[epoch:]version-release`). */
export function compareRpmVersions(a: string, b: string): number {
  return compareWithEpoch(a, b, rpmRules);
}

const lookTimeout = 120_000;
const fields = '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t[%{PROVIDENAME} ]\\n';

// Architectures that one machine takes for each other.
const intel32: ReadonlySet<string> = new Set(['i386', 'i486', 'i586', 'i686', 'athlon', 'geode']);

/** Asks rpm, in the C locale and with UTC. */
export function askRpm(host: ReadHost, args: readonly string[]): ReturnType<ReadHost['inspect']> {
  const environment = { LC_ALL: 'C', TZ: 'UTC' };
  return host.inspect({ command: ['rpm', ...args], timeout: lookTimeout, outputLimit: 64 * 1024 * 1024, environment });
}

/** How rpm names the architecture of the machine, e.g. `x86_64`. */
export async function rpmArchitecture(host: ReadHost): Promise<string> {
  return (await askRpm(host, ['--eval', '%{_host_cpu}'])).stdout.trim();
}

/** A package's name, with `.ARCH` where it is not made for this machine: `glibc.i686`. */
export function rpmName(name: string, architecture: string, native: string): string {
  const isNative = architecture === native || architecture === 'noarch' || architecture === '(none)';
  return isNative || (intel32.has(architecture) && intel32.has(native)) ? name : `${name}.${architecture}`;
}

/** A version as rpm's tools write it: without an epoch of 0. */
export function rpmVersion(epoch: string, version: string): string {
  return epoch === '0' || epoch === '(none)' || epoch === '' ? version : `${epoch}:${version}`;
}

/** Reads rpm's database. Of a package that is there in several versions the newest counts; all are listed. */
export async function readRpmDatabase(host: ReadHost, held: ReadonlySet<string>): Promise<PackageDatabase> {
  const args = ['-qa', '--queryformat', fields];
  const [result, native] = await Promise.all([askRpm(host, args), rpmArchitecture(host)]);
  if (result.exitCode !== 0) throw toolFailure(['rpm'], result);
  const rows = result.stdout
    .split('\n')
    .map((line) => readRow(line, native))
    .filter((row) => row !== undefined);
  const versions = new Map<string, string[]>();
  for (const { name, version } of rows) versions.set(name, [...(versions.get(name) ?? []), version]);
  const packages = Array.from(versions, ([name, found]) => [name, toInstalled(found, held.has(name))] as const);
  return { packages: new Map(packages), provided: new Set(rows.flatMap(({ provides }) => provides)) };
}

function readRow(
  line: string,
  native: string,
): { readonly name: string; readonly version: string; readonly provides: readonly string[] } | undefined {
  const [name = '', epoch = '', version = '', architecture = '', provides = ''] = line.split('\t');
  if (name === '' || name === 'gpg-pubkey') return undefined;
  return {
    name: rpmName(name, architecture, native),
    version: rpmVersion(epoch, version),
    provides: provides.split(' ').filter((one) => one !== ''),
  };
}

function toInstalled(found: readonly string[], isHeld: boolean): InstalledPackage {
  const sorted = found.toSorted(compareRpmVersions);
  const several = sorted.length > 1 ? { versions: sorted } : {};
  return { version: sorted.at(-1) ?? '', isConfigOnly: false, isHeld, ...several };
}

/** Name and version of an rpm file; `undefined` when it is none. */
export async function describeRpmFile(
  host: ReadHost,
  path: string,
): Promise<{ readonly name: string; readonly version: string } | undefined> {
  const format = '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\n';
  const [result, native] = await Promise.all([
    askRpm(host, ['-qp', '--queryformat', format, '--', path]),
    rpmArchitecture(host),
  ]);
  const [name, epoch = '', version, architecture = ''] = result.stdout.trim().split('\t');
  if (result.exitCode !== 0 || name === undefined || version === undefined) return undefined;
  return { name: rpmName(name, architecture, native), version: rpmVersion(epoch, version) };
}

/** The files of an installed package; `undefined` when it is not installed. */
export async function rpmFiles(host: ReadHost, name: string): Promise<readonly string[] | undefined> {
  const { exitCode, stdout } = await askRpm(host, ['-ql', '--', name]);
  if (exitCode !== 0) return undefined;
  return stdout.split('\n').filter((line) => line.startsWith('/'));
}

/** The package a file belongs to; an empty text when it belongs to none. */
export async function rpmOwner(host: ReadHost, path: string): Promise<string> {
  const { exitCode, stdout } = await askRpm(host, ['-qf', '--queryformat', '%{NAME}\\n', '--', path]);
  return exitCode === 0 ? (stdout.split('\n')[0] ?? '') : '';
}

/** The versions of each name, newest first. */
export function versionsByName(
  offers: readonly { readonly name: string; readonly version: string }[],
): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of offers) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return new Map(
    Array.from(versions, ([name, found]) => [name, [...found].toSorted((a, b) => compareRpmVersions(b, a))]),
  );
}
