import type { Host, ReadHost } from '../../../kit/index.ts';
import { toolFailure } from '../../commands/run-tool.ts';
import { besideHolds, wantedTargets } from '../held-packages.ts';
import { newestFile } from '../newest-file.ts';
import type { InstallOptions, InstallTarget, PackageManager } from '../package-manager.ts';
import { workWith } from '../package-work.ts';
import { apkDetails, readApkDatabase, readApkPackages } from './apk-database.ts';
import { compareApkVersions } from './compare-versions.ts';

// Another apk may hold the lock; it is waited for.
const waits = ['--wait', '300'];

/** Alpine's apk. Packages are held by a pin in `/etc/apk/world`. */
export const apk: PackageManager = {
  name: 'apk',
  installed: readApkDatabase,
  candidates: async (host, names) => {
    const offers = await readPolicy(host, names);
    return new Map([...offers].flatMap(([name, [newest]]) => (newest === undefined ? [] : [[name, newest] as const])));
  },
  versions: async (host, name) => (await readPolicy(host, [name])).get(name) ?? [],
  suggestions: async (host, name) => {
    const { stdout } = await look(host, ['search', '--', name.slice(0, -1) || name]);
    const names = stdout.split('\n').flatMap((line) => /^(\S+)-[^-\s]+-r\d+/.exec(line)?.[1] ?? []);
    return [...new Set(names)].toSorted().slice(0, 10);
  },
  upgrades: async (host) => {
    const result = await look(host, ['upgrade', '--simulate']);
    if (result.exitCode !== 0) throw toolFailure(['apk'], result);
    return new Map(
      result.stdout.split('\n').flatMap((line) => {
        const [, name, version] = /^\(\d+\/\d+\) Upgrading (\S+) \(\S+ -> (\S+)\)/.exec(line) ?? [];
        return name === undefined || version === undefined ? [] : [[name, version] as const];
      }),
    );
  },
  compareVersions: compareApkVersions,
  describeFile: async (host, path) => {
    const { exitCode, stdout } = await host.inspect({ command: ['tar', '-xzOf', path, '.PKGINFO'], timeout: 60_000 });
    const field = (name: string): string | undefined => new RegExp(`^${name} = (.+)$`, 'm').exec(stdout)?.[1];
    const [name, version] = [field('pkgname'), field('pkgver')];
    return exitCode === 0 && name !== undefined && version !== undefined ? { name, version } : undefined;
  },
  files: async (host, name) => (await readApkPackages(host)).find((one) => one.name === name)?.files,
  owner: async (host, path) => (await readApkPackages(host)).find(({ files }) => files.includes(path))?.name ?? '',
  details: apkDetails,
  refresh: async (machine) => {
    await workWith(machine, ['apk', ...waits, 'update']);
    return true;
  },
  refreshedAt: (host) => newestFile(host, ['/var/cache/apk', '/etc/apk/cache'], (name) => name.startsWith('APKINDEX.')),
  install,
  remove: async (machine, names, { purge, signal }) => {
    await workWith(machine, ['apk', ...waits, 'del', ...(purge ? ['--purge'] : []), '--', ...names], { signal });
  },
  upgrade: async (machine, { names, signal }) => {
    const verb = names === undefined ? ['upgrade'] : ['add', '--upgrade', '--', ...names];
    await workWith(machine, ['apk', ...waits, ...verb], { signal });
  },
  hold: async (machine, names, held) => {
    const { packages } = await readApkDatabase(machine);
    const pinned = names.map((name) => (held ? `${name}=${packages.get(name)?.version ?? ''}` : name));
    await workWith(machine, ['apk', ...waits, 'add', '--', ...pinned]);
  },
};

function look(host: ReadHost, args: readonly string[]): ReturnType<ReadHost['inspect']> {
  return host.inspect({ command: ['apk', ...args], timeout: 120_000, environment: { LC_ALL: 'C.UTF-8' } });
}

/** The versions that repositories offer, newest first; what is only installed does not count. */
async function readPolicy(host: ReadHost, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (names.length === 0) return new Map();
  const { stdout } = await look(host, ['policy', '--', ...names]);
  const offers = new Map<string, Set<string>>();
  let [name, version] = ['', ''];
  for (const line of stdout.split('\n')) {
    name = /^(\S+) policy:$/.exec(line)?.[1] ?? name;
    version = /^ {2}(\S+):$/.exec(line)?.[1] ?? version;
    const place = /^ {4}(?:@\S+ )?(\S.*)$/.exec(line)?.[1];
    if (place === undefined || place.endsWith('apk/db/installed')) continue;
    offers.set(name, (offers.get(name) ?? new Set()).add(version));
  }
  return new Map(Array.from(offers, ([one, found]) => [one, [...found].toSorted((a, b) => compareApkVersions(b, a))]));
}

async function install(machine: Host, targets: readonly InstallTarget[], options: InstallOptions): Promise<void> {
  const database = await readApkDatabase(machine);
  const wanted = wantedTargets(targets, database, options);
  if (wanted.length === 0) return;
  const words = wanted.map(({ name, version, file }) => file ?? (version === undefined ? name : `${name}=${version}`));
  const from = options.fromRepository === undefined ? [] : ['--repository', options.fromRepository];
  const trust = options.skipVerify === true ? ['--allow-untrusted'] : [];
  const run = async (args: readonly string[]): Promise<void> => {
    await workWith(machine, ['apk', ...waits, ...args], { signal: options.signal });
  };
  if (options.downloadOnly === true)
    return run(['fetch', '--output', '/var/cache/apk', ...from, ...trust, '--', ...words]);
  await besideHolds(machine, { manager: apk, database, targets: wanted, options }, async () => {
    await run(['add', '--upgrade', ...from, ...trust, '--', ...words]);
    const again = wanted.map(({ name }) => name).filter((name) => database.packages.has(name));
    if (options.reinstall === true && again.length > 0) await run(['fix', '--reinstall', '--', ...again]);
  });
}
