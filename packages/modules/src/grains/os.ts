import type { Plain } from '@brine/common';
import { defineGrain, type GrainContext } from '../kit/define-grain.ts';
import type { ReadHost } from '../kit/host.ts';
import { deriveOs, familyFromIds, familyOf } from './os-names.ts';
import { parseOsRelease } from './os-release.ts';
import { readOptional } from './read-file.ts';

/** What is known of the distribution. */
export interface Distribution {
  readonly os: string;
  readonly os_family: string;
  readonly osfullname: string;
  readonly osrelease: string | undefined;
  readonly oscodename: string | undefined;
}

export const os = defineGrain({
  name: 'os',
  summary: 'The distribution, its family and release.',
  grains: {
    os: 'Short name of the distribution, e.g. `Debian`, `RedHat`, `SUSE`.',
    os_family: 'Family of the distribution, e.g. `Debian`, `RedHat`, `Suse`, `Arch`.',
    osfullname: 'The name the distribution gives itself.',
    osrelease: 'The release, e.g. `12` or `22.04`.',
    osrelease_info: 'The parts of the release, numbers where they are.',
    osmajorrelease: 'The first part of the release, as a number.',
    oscodename: 'The code name of the release.',
    osfinger: 'Name and release in one, e.g. `Debian-12` or `Ubuntu-22.04`.',
    osarch: "The architecture in the package manager's words.",
    lsb_distrib_id: 'The id of the LSB, where the distribution tells it.',
    lsb_distrib_release: 'The release of the LSB.',
    lsb_distrib_codename: 'The code name of the LSB.',
    lsb_distrib_description: 'The description of the LSB.',
  },
  collect: collectOs,
});

async function collectOs({ host, machine }: GrainContext): Promise<Record<string, Plain>> {
  const release = parseOsRelease(
    (await readOptional(host, '/etc/os-release')) || (await readOptional(host, '/usr/lib/os-release')),
  );
  const lsb = readLsb(parseOsRelease(await readOptional(host, '/etc/lsb-release')));
  const found = describeDistribution(release, lsb, {
    centosRelease: await readOptional(host, '/etc/centos-release'),
  });
  const { architecture } = machine.uname();
  return {
    ...lsbGrains(release, lsb, found.os_family),
    ...found,
    ...releaseGrains(found),
    osarch: await packageArchitecture(host, found.os_family, architecture),
  };
}

/** Release files that only some distributions have. */
export interface ReleaseFiles {
  readonly centosRelease?: string;
}

// These tell all in os-release; the others are pieced together as Salt always did, for trees compare with that.
const trustedIds = new Set(['almalinux', 'astra', 'debian', 'linuxmint', 'mendel', 'pop', 'rocky', 'ubuntu']);

/** The distribution as os-release, lsb-release (its keys in Salt's spelling) and others tell it. */
export function describeDistribution(
  release: ReadonlyMap<string, string>,
  lsb: ReadonlyMap<string, string>,
  files: ReleaseFiles = {},
): Distribution {
  const [id, name] = [release.get('ID') ?? 'linux', release.get('NAME') ?? 'Linux'];
  if (trustedIds.has(id)) return describeTrusted(release, { id, name });
  const suse = describeSuse(release);
  const isBare = release.size === 0 && lsb.has('lsb_distrib_id');
  const distribution = suse?.os ?? (isBare ? lsbName(lsb) : deriveOs(name, id));
  return {
    os: distribution,
    os_family: familyOf(distribution),
    osfullname: suse?.osfullname ?? name.trim(),
    osrelease: legacyRelease(release, lsb, files) ?? '',
    oscodename: legacyCodename(release, lsb),
  };
}

function describeTrusted(
  release: ReadonlyMap<string, string>,
  { id, name }: { readonly id: string; readonly name: string },
): Distribution {
  return {
    os: deriveOs(name, id),
    os_family: familyFromIds(id, release.get('ID_LIKE') ?? ''),
    osfullname: name.trim(),
    osrelease: nonEmpty(release.get('VERSION_ID')) ?? mendelRelease(release),
    oscodename: nonEmpty(release.get('VERSION_CODENAME')) ?? codenameQuirk(id, release),
  };
}

function lsbName(lsb: ReadonlyMap<string, string>): string {
  return deriveOs(lsb.get('lsb_distrib_id') ?? 'Linux', '');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function codenameQuirk(id: string, release: ReadonlyMap<string, string>): string | undefined {
  if (id === 'astra') return release.get('VARIANT_ID');
  // These leave VERSION_CODENAME out and name it in VERSION.
  if (id !== 'almalinux' && id !== 'rocky') return undefined;
  return /^\d[\d.+\-a-z]* \((.+)\)/.exec(release.get('VERSION') ?? '')?.[1];
}

function mendelRelease(release: ReadonlyMap<string, string>): string | undefined {
  if (release.get('ID') !== 'mendel') return undefined;
  return /^[^\d]+ (\d[\d.+\-a-z]*) \(.+\)/.exec(release.get('PRETTY_NAME') ?? '')?.[1];
}

interface SuseName {
  readonly os: string;
  readonly osfullname?: string;
}

function describeSuse(release: ReadonlyMap<string, string>): SuseName | undefined {
  const vendor = cpeParts(release)[0] ?? '';
  if (!['suse', 'opensuse'].includes(vendor.toLowerCase())) return undefined;
  if (release.get('NAME') === 'openSUSE Leap') return { os: 'SUSE', osfullname: 'Leap' };
  return release.get('VERSION') === 'Tumbleweed' ? { os: 'SUSE', osfullname: 'Tumbleweed' } : { os: 'SUSE' };
}

// Vendor, product and version of a CPE name in either of its two forms.
function cpeParts(release: ReadonlyMap<string, string>): readonly string[] {
  const parts = (release.get('CPE_NAME') ?? '').split(':');
  return parts[1]?.startsWith('/') === true ? parts.slice(2, 5) : parts.slice(3, 6);
}

function legacyRelease(
  release: ReadonlyMap<string, string>,
  lsb: ReadonlyMap<string, string>,
  { centosRelease = '' }: ReleaseFiles,
): string | undefined {
  const [vendor, , version] = cpeParts(release);
  if (vendor === 'opensuse' && version !== undefined) return version;
  // CentOS 7 and 8 keep the minor release out of os-release.
  const isOldCentos = /^CentOS Linux [78]/.test(release.get('PRETTY_NAME') ?? '');
  if (isOldCentos) return /\d+(\.\d+)+/.exec(centosRelease)?.[0] ?? release.get('VERSION_ID');
  return lsb.get('lsb_distrib_release') ?? release.get('VERSION_ID') ?? shownRelease(release);
}

// XenServer tells its release nowhere but in VERSION and in the name for people; Salt reads the latter.
function shownRelease(release: ReadonlyMap<string, string>): string | undefined {
  return / (\d[\d.+\-a-z]*)(?: \(.*\))?$/.exec(release.get('PRETTY_NAME') ?? '')?.[1];
}

function legacyCodename(release: ReadonlyMap<string, string>, lsb: ReadonlyMap<string, string>): string {
  const told =
    lsb.get('lsb_distrib_codename') ??
    release.get('VERSION_CODENAME') ??
    release.get('PRETTY_NAME') ??
    unnamed(release);
  if (!told.includes('Red Hat')) return told.trim();
  return /\(([^)]+)\)/.exec(release.get('VERSION') ?? '')?.[1] ?? '';
}

// What os-release(5) says a name for people is when the file has none.
function unnamed(release: ReadonlyMap<string, string>): string {
  return release.size === 0 ? '' : 'Linux';
}

function readLsb(file: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = ['DISTRIB_ID', 'DISTRIB_RELEASE', 'DISTRIB_CODENAME', 'DISTRIB_DESCRIPTION'];
  const entries = names.flatMap((name): [string, string][] => {
    const value = file.get(name);
    return value === undefined ? [] : [[`lsb_${name.toLowerCase()}`, value]];
  });
  return new Map(entries);
}

// Debian has no lsb-release file but a program that tells the same as os-release; trees read its grains.
function lsbGrains(
  release: ReadonlyMap<string, string>,
  lsb: ReadonlyMap<string, string>,
  family: string,
): Record<string, Plain> {
  if (lsb.size > 0) return Object.fromEntries(lsb);
  if (family !== 'Debian') return {};
  const { ID: id = '' } = Object.fromEntries(release);
  return withoutEmpty({
    lsb_distrib_id: id.charAt(0).toUpperCase() + id.slice(1),
    lsb_distrib_release: release.get('VERSION_ID'),
    lsb_distrib_codename: release.get('VERSION_CODENAME'),
    lsb_distrib_description: release.get('PRETTY_NAME'),
  });
}

/** The grains that follow from name and release. */
export function releaseGrains({ os: name, osfullname, osrelease }: Distribution): Record<string, Plain> {
  if (osrelease === undefined || osrelease === '') return {};
  const parts = osrelease.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const [major] = parts;
  const shownName = ['Debian', 'Raspbian'].includes(name) ? name : osfullname;
  const shownRelease = ['Ubuntu', 'Pop'].includes(name) ? osrelease : String(major);
  return {
    osrelease_info: parts,
    ...(typeof major === 'number' ? { osmajorrelease: major } : {}),
    osfinger: `${shownName}-${shownRelease}`,
  };
}

const debianArchitectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'armhf',
  armv6l: 'armel',
  i686: 'i386',
  i586: 'i386',
  ppc64le: 'ppc64el',
};

async function packageArchitecture(host: ReadHost, family: string, architecture: string): Promise<string> {
  if (family !== 'Debian') return architecture;
  // The first line is the native architecture, which a kernel of another does not tell.
  const [native = ''] = (await readOptional(host, '/var/lib/dpkg/arch')).split('\n');
  return native.trim() || (debianArchitectures[architecture] ?? architecture);
}

function withoutEmpty(grains: Record<string, string | undefined>): Record<string, Plain> {
  return Object.fromEntries(Object.entries(grains).filter(([, value]) => value !== undefined && value !== ''));
}
