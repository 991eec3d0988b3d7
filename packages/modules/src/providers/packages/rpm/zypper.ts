import type { CommandResult, Host, ReadHost } from '../../../kit/index.ts';
import { toolFailure } from '../../commands/run-tool.ts';
import { besideHolds, wantedTargets } from '../held-packages.ts';
import { newestFile } from '../newest-file.ts';
import type { InstallOptions, InstallTarget, PackageDatabase, PackageManager } from '../package-manager.ts';
import { workWith } from '../package-work.ts';
import {
  compareRpmVersions,
  describeRpmFile,
  readRpmDatabase,
  rpmFiles,
  rpmOwner,
  versionsByName,
} from './rpm-database.ts';
import { rpmDetails } from './rpm-details.ts';
import { readXmlElements } from './xml-elements.ts';

// Another zypper, or PackageKit, may hold the lock; it is waited for.
const environment = { ZYPP_LOCK_TIMEOUT: '300' };

// These say that all went well, and that a restart or the like is due.
const fineCodes: ReadonlySet<number> = new Set([0, 100, 101, 102, 103, 106, 107]);

/** SUSE's zypper. */
export const zypper: PackageManager = {
  name: 'zypper',
  installed: readInstalled,
  candidates: async (host, names, fromRepository) => {
    if (names.length === 0) return new Map();
    const found = await search(host, names, ['--match-exact']);
    const from = found.filter(({ repository }) => fromRepository === undefined || repository === fromRepository);
    return newestOf(from);
  },
  versions: async (host, name) => {
    const found = (await search(host, [name], ['--match-exact'])).map(({ version }) => version);
    return [...new Set(found)].toSorted((a, b) => compareRpmVersions(b, a));
  },
  offered: async (host, patterns) =>
    versionsByName(await search(host, patterns.length === 0 ? ['*'] : patterns, ['--match-exact'])),
  suggestions: async (host, name) => {
    const found = await search(host, [name.slice(0, -1) || name], []);
    return [...new Set(found.map((one) => one.name))].toSorted().slice(0, 10);
  },
  upgrades: readUpgrades,
  compareVersions: compareRpmVersions,
  describeFile: describeRpmFile,
  files: rpmFiles,
  owner: rpmOwner,
  details: rpmDetails,
  // 6: there are no repositories.
  refresh: async (machine) => {
    await work(machine, ['refresh'], { succeeds: (code) => code === 6 || fineCodes.has(code) });
    return true;
  },
  refreshedAt: (host) =>
    newestFile(
      host,
      ['/var/cache/zypp/raw'],
      (name) => name === 'repomd.xml' || name === 'content' || name === 'cookie',
    ),
  install,
  remove: async (machine, names, { signal }) => void (await work(machine, ['remove', '--', ...names], { signal })),
  upgrade: async (machine, { distUpgrade, names, signal }) => {
    const verb = distUpgrade && names === undefined ? 'dist-upgrade' : 'update';
    await work(machine, [verb, '--auto-agree-with-licenses', '--', ...(names ?? [])], { signal });
  },
  hold: async (machine, names, held) =>
    void (await work(machine, [held ? 'addlock' : 'removelock', '--type', 'package', '--', ...names], {})),
};

async function readInstalled(host: ReadHost): Promise<PackageDatabase> {
  return readRpmDatabase(host, await readLocks(host));
}

// Locks with globs or of other kinds than packages hold no package of that very name.
async function readLocks(host: ReadHost): Promise<ReadonlySet<string>> {
  const text = Buffer.from((await host.files.read('/etc/zypp/locks')) ?? '').toString('utf8');
  const names = text.split(/\n\s*\n/).flatMap((block) => {
    const fields = new Map(block.split('\n').map((line) => line.split(/:\s*/, 2) as [string, string]));
    return fields.get('type') === 'package' || !fields.has('type') ? (fields.get('solvable_name') ?? []) : [];
  });
  return new Set(names);
}

interface Found {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

async function look(host: ReadHost, args: readonly string[]): Promise<CommandResult> {
  const command = ['zypper', '--non-interactive', '--no-refresh', '--xmlout', ...args];
  return host.inspect({ command, timeout: 300_000, environment: { LC_ALL: 'C.UTF-8', ...environment } });
}

async function search(host: ReadHost, names: readonly string[], options: readonly string[]): Promise<readonly Found[]> {
  const args = ['search', '--details', '--type', 'package', ...options, '--', ...names];
  const { stdout } = await look(host, args);
  return readXmlElements(stdout, 'solvable')
    .filter((one) => one.get('kind') === 'package' && !one.get('repository')?.startsWith('('))
    .map((one) => ({
      name: one.get('name') ?? '',
      version: one.get('edition') ?? '',
      repository: one.get('repository') ?? '',
    }));
}

function newestOf(found: readonly Found[]): ReadonlyMap<string, string> {
  const newest = new Map<string, string>();
  for (const { name, version } of found) {
    const known = newest.get(name);
    if (known === undefined || compareRpmVersions(version, known) > 0) newest.set(name, version);
  }
  return newest;
}

async function readUpgrades(
  host: ReadHost,
  { distUpgrade }: { readonly distUpgrade: boolean },
): Promise<ReadonlyMap<string, string>> {
  const result = await look(host, distUpgrade ? ['dist-upgrade', '--dry-run'] : ['list-updates']);
  if (!fineCodes.has(result.exitCode) && result.exitCode !== 6) throw toolFailure(['zypper'], result);
  const elements = distUpgrade
    ? readXmlElements(/<to-upgrade>.*?<\/to-upgrade>/s.exec(result.stdout)?.[0] ?? '', 'solvable')
    : readXmlElements(result.stdout, 'update').filter((one) => one.get('kind') === 'package');
  return new Map(elements.map((one) => [one.get('name') ?? '', one.get('edition') ?? '']));
}

async function work(
  machine: Host,
  args: readonly string[],
  request: { readonly signal?: AbortSignal | undefined; readonly succeeds?: (code: number) => boolean },
): Promise<CommandResult> {
  const command = ['zypper', '--non-interactive', ...args];
  return workWith(machine, command, { succeeds: (code) => fineCodes.has(code), environment, ...request });
}

async function install(machine: Host, targets: readonly InstallTarget[], options: InstallOptions): Promise<void> {
  const database = await readInstalled(machine);
  const wanted = wantedTargets(targets, database, options);
  if (wanted.length === 0) return;
  const words = wanted.map(({ name, version, file }) => file ?? (version === undefined ? name : `${name}=${version}`));
  const flags = [
    '--auto-agree-with-licenses',
    ...(options.fromRepository === undefined ? [] : ['--from', options.fromRepository]),
    ...(options.allowDowngrade === true ? ['--oldpackage'] : []),
    ...(options.reinstall === true ? ['--force'] : []),
    ...(options.recommends === undefined ? [] : [options.recommends ? '--recommends' : '--no-recommends']),
    ...(options.downloadOnly === true ? ['--download-only'] : []),
    ...(options.skipVerify === true ? ['--allow-unsigned-rpm'] : []),
  ];
  const globals = ['--no-refresh', ...(options.skipVerify === true ? ['--no-gpg-checks'] : [])];
  const args = [...globals, 'install', ...flags, '--', ...words];
  await besideHolds(machine, { manager: zypper, database, targets: wanted, options }, async () => {
    await work(machine, args, { signal: options.signal });
  });
}
