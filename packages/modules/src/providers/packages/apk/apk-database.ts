import { AppError } from '@brine/common';
import type { ReadHost } from '../../../kit/index.ts';
import type { PackageDatabase, PackageDetails } from '../package-manager.ts';

/** A package as apk's database has it. */
export interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly provides: readonly string[];
  /** Absolute paths of its files. */
  readonly files: readonly string[];
  /** Its one-letter fields. */
  readonly fields: ReadonlyMap<string, string>;
}

// The second place is that of systems whose /lib is part of /usr.
const databases = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];
const world = '/etc/apk/world';

/** All installed packages, out of the file apk keeps. */
export async function readApkPackages(host: ReadHost): Promise<readonly ApkPackage[]> {
  for (const path of databases) {
    const bytes = await host.files.read(path);
    if (bytes !== undefined)
      return Buffer.from(bytes)
        .toString('utf8')
        .split(/\n\n+/)
        .filter((block) => block.trim() !== '')
        .map(readBlock);
  }
  throw new AppError({ code: 'state-failed', message: "apk's database of installed packages was not found" });
}

function readBlock(block: string): ApkPackage {
  const fields = new Map<string, string>();
  const files: string[] = [];
  let folder = '';
  for (const line of block.split('\n')) {
    const [letter, value] = [line.slice(0, 1), line.slice(2)];
    if (letter === 'F') folder = value;
    else if (letter === 'R') files.push(folder === '' ? `/${value}` : `/${folder}/${value}`);
    else if (line.startsWith(`${letter}:`) && !fields.has(letter)) fields.set(letter, value);
  }
  const provides = (fields.get('p') ?? '').split(' ').filter((word) => word !== '');
  const bare = provides.map((word) => word.replace(/[<>=~].*$/, ''));
  return { name: fields.get('P') ?? '', version: fields.get('V') ?? '', provides: bare, files, fields };
}

/** Names that `/etc/apk/world` pins to a version, which is how packages are held. */
export async function readPins(host: ReadHost): Promise<ReadonlySet<string>> {
  const text = Buffer.from((await host.files.read(world)) ?? '').toString('utf8');
  const names = text.split(/\s+/).flatMap((word) => /^([^<>=~@!]+)=[^=]/.exec(word)?.[1] ?? []);
  return new Set(names);
}

/** What is installed. */
export async function readApkDatabase(host: ReadHost): Promise<PackageDatabase> {
  const [installed, pins] = await Promise.all([readApkPackages(host), readPins(host)]);
  const packages = installed.map(
    ({ name, version }) => [name, { version, isConfigOnly: false, isHeld: pins.has(name) }] as const,
  );
  return { packages: new Map(packages), provided: new Set(installed.flatMap(({ provides }) => provides)) };
}

// Salt's name of a detail → the letter of apk's field.
const letters: Readonly<Record<string, string>> = {
  version: 'V',
  arch: 'A',
  summary: 'T',
  url: 'U',
  license: 'L',
  packager: 'm',
  source: 'o',
  size: 'I',
  build_date_time_t: 't',
};

/** What apk knows of installed packages; throws when one is not installed. */
export async function apkDetails(
  host: ReadHost,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly PackageDetails[]>> {
  const installed = await readApkPackages(host);
  const missing = names.find((name) => !installed.some((one) => one.name === name));
  if (missing !== undefined)
    throw new AppError({ code: 'state-failed', message: `package ${missing} is not installed` });
  const wanted = installed.filter(({ name }) => names.length === 0 || names.includes(name));
  return new Map(wanted.map((one) => [one.name, [describe(one)]]));
}

function describe({ fields }: ApkPackage): PackageDetails {
  const entries = Object.entries(letters).flatMap(([name, letter]): [string, string | number][] => {
    const value = fields.get(letter);
    if (value === undefined) return [];
    return [[name, name === 'build_date_time_t' ? Number(value) : value]];
  });
  return Object.fromEntries(entries);
}
