import { matchGlob } from '@brine/common';
import type { CommandRequest, Host, ReadHost } from '../../../kit/index.ts';
import { runTool, toolFailure } from '../../commands/run-tool.ts';
import type { InstallOptions, InstallTarget, PackageManager, RefreshReport } from '../package-manager.ts';
import { compareDebianVersions } from './compare-versions.ts';
import { readDpkgDatabase } from './dpkg-database.ts';
import { dpkgDetails, dpkgFiles, dpkgOwner } from './dpkg-details.ts';

const lookTimeout = 120_000;
const workTimeout = 3_600_000;

const environment = {
  DEBIAN_FRONTEND: 'noninteractive',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  APT_LISTBUGS_FRONTEND: 'none',
  APT_LISTCHANGES_FRONTEND: 'none',
  UCF_FORCE_CONFFOLD: '1',
  LC_ALL: 'C.UTF-8',
};

/** Debian's apt and dpkg. */
export const apt: PackageManager = {
  name: 'apt',
  installed: readDpkgDatabase,
  candidates: readCandidates,
  versions: async (host, name) => {
    const { stdout } = await look(host, ['apt-cache', 'madison', '--', name]);
    const found = stdout.split('\n').flatMap((line) => line.split('|')[1]?.trim() ?? []);
    return [...new Set(found)].toSorted((a, b) => compareDebianVersions(b, a));
  },
  offered: async (host, patterns) => {
    const result = await look(host, ['apt-cache', 'dump'], 256 * 1024 * 1024);
    if (result.exitCode !== 0) throw toolFailure(['apt-cache'], result);
    return readDump(result.stdout, (name) => patterns.length === 0 || patterns.some((one) => matchGlob(one, name)));
  },
  suggestions: async (host, name) => {
    const { stdout } = await look(host, ['apt-cache', '--names-only', 'search', '--', name.replace(/[^\w.-]/g, '.')]);
    return stdout
      .split('\n')
      .flatMap((line) => line.split(' - ')[0] || [])
      .slice(0, 10);
  },
  upgrades: readUpgrades,
  compareVersions: compareDebianVersions,
  describeFile: async (host, path) => {
    const { exitCode, stdout } = await look(host, [
      'dpkg-deb',
      '--show',
      `--showformat=\${Package}\\t\${Version}`,
      path,
    ]);
    const [name, version] = stdout.trim().split('\t');
    return exitCode === 0 && name !== undefined && version !== undefined ? { name, version } : undefined;
  },
  files: dpkgFiles,
  owner: dpkgOwner,
  details: dpkgDetails,
  refresh: async (machine) => readLists(await work(machine, ['apt-get', '-q', 'update'], {})),
  refreshedAt,
  install,
  remove: async (machine, names, { purge, signal }) => {
    await work(machine, ['apt-get', '-q', '-y', purge ? 'purge' : 'remove', '--', ...names], withSignal(signal));
  },
  upgrade: async (machine, { distUpgrade, names, signal }) => {
    const verb =
      names === undefined ? [distUpgrade ? 'dist-upgrade' : 'upgrade'] : ['--only-upgrade', 'install', '--', ...names];
    await work(machine, ['apt-get', '-q', '-y', ...configurationOptions('old'), ...verb], withSignal(signal));
  },
  hold: async (machine, names, held) => {
    await runTool(machine, ['apt-mark', held ? 'hold' : 'unhold', '--', ...names]);
  },
};

// Which of them an update touches depends on whether anything was new.
const refreshMarks = ['/var/lib/apt/lists', '/var/lib/apt/lists/partial', '/var/lib/apt/periodic/update-success-stamp'];

async function refreshedAt(host: ReadHost): Promise<number | undefined> {
  const stats = await Promise.all(refreshMarks.map((path) => host.files.stat(path)));
  const times = stats.flatMap((stat) => (stat === undefined ? [] : [stat.modifiedAt]));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** `Package: NAME`, and `Version: …` below it for each. */
function readDump(dump: string, isWanted: (name: string) => boolean): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let name: string | undefined;
  for (const [, kind, value = ''] of dump.matchAll(/^ *(Package|Version): (.+)$/gm)) {
    if (kind === 'Package') name = isWanted(value) ? value : undefined;
    else if (name !== undefined) found.set(name, [...(found.get(name) ?? []), value]);
  }
  const sorted = (versions: readonly string[]): readonly string[] =>
    [...new Set(versions)].toSorted((a, b) => compareDebianVersions(b, a));
  return new Map(Array.from(found, ([key, versions]) => [key, sorted(versions)]));
}

function look(
  host: ReadHost,
  command: readonly string[],
  outputLimit = 16 * 1024 * 1024,
): ReturnType<ReadHost['inspect']> {
  return host.inspect({ command, outputLimit, timeout: lookTimeout, environment: { LC_ALL: 'C.UTF-8' } });
}

function withSignal(signal: AbortSignal | undefined): Omit<CommandRequest, 'command'> {
  return signal === undefined ? {} : { signal };
}

// Another apt may hold the locks, an unattended upgrade for example; it is waited for.
async function work(
  machine: Host,
  command: readonly string[],
  request: Omit<CommandRequest, 'command'>,
): Promise<string> {
  const [program = '', ...args] = command;
  const whole = [program, '-o', 'DPkg::Lock::Timeout=300', ...args];
  const result = await machine.run({ command: whole, environment, timeout: workTimeout, ...request });
  if (result.exitCode !== 0) throw toolFailure([program], { ...result, stderr: complaints(result), stdout: '' });
  return result.stdout;
}

const outcomes: Readonly<Record<string, boolean | null>> = { Get: true, Hit: null, Ign: false, Err: false };

// `Get:1 http://deb.example/debian stable InRelease [151 kB]`
function readLists(told: string): RefreshReport {
  const rows = told.split('\n').flatMap((line): [string, boolean | null][] => {
    const [, word = '', list = ''] = /^(\w+):\d+ (.*)$/.exec(line.trim()) ?? [];
    const outcome = outcomes[word];
    return outcome === undefined ? [] : [[list.replace(/ \[.+B\]$/, ''), outcome]];
  });
  return Object.fromEntries(rows);
}

function complaints({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trimEnd());
  const errors = lines.filter((line) => /^(E:|dpkg: error|Err:|.*: Depends: )/.test(line));
  const shown = errors.length > 0 ? errors : lines.filter((line) => line !== '').slice(-10);
  return [...new Set(shown)].join('\n');
}

function configurationOptions(configuration: 'old' | 'new'): readonly string[] {
  const option = configuration === 'new' ? '--force-confnew' : '--force-confold';
  return ['-o', `DPkg::Options::=${option}`, '-o', 'DPkg::Options::=--force-confdef'];
}

async function install(machine: Host, targets: readonly InstallTarget[], options: InstallOptions): Promise<void> {
  const flags = [
    ...configurationOptions(options.configuration ?? 'old'),
    ...(options.fromRepository === undefined ? [] : ['-t', options.fromRepository]),
    ...(options.skipVerify === true ? ['--allow-unauthenticated'] : []),
    ...(options.reinstall === true ? ['--reinstall'] : []),
    ...(options.allowDowngrade === true ? ['--allow-downgrades'] : []),
    ...(options.changeHeld === true ? ['--allow-change-held-packages'] : []),
    ...(options.recommends === undefined
      ? []
      : [options.recommends ? '--install-recommends' : '--no-install-recommends']),
    ...(options.onlyUpgrade === true ? ['--only-upgrade'] : []),
    ...(options.downloadOnly === true ? ['--download-only'] : []),
  ];
  const words = targets.map(({ name, version, file }) => file ?? (version === undefined ? name : `${name}=${version}`));
  await work(machine, ['apt-get', '-q', '-y', ...flags, 'install', '--', ...words], withSignal(options.signal));
}

async function readCandidates(
  host: ReadHost,
  names: readonly string[],
  fromRepository?: string,
): Promise<ReadonlyMap<string, string>> {
  const candidates = new Map<string, string>();
  if (names.length === 0) return candidates;
  const release = fromRepository === undefined ? [] : ['-o', `APT::Default-Release=${fromRepository}`];
  const { stdout } = await look(host, ['apt-cache', '-q', ...release, 'policy', '--', ...names]);
  let name = '';
  for (const line of stdout.split('\n')) {
    const heading = /^(\S+):$/.exec(line)?.[1];
    const candidate = /^ {2}Candidate: (\S+)/.exec(line)?.[1];
    if (heading !== undefined) name = heading;
    else if (candidate !== undefined && candidate !== '(none)') candidates.set(name, candidate);
  }
  return candidates;
}

async function readUpgrades(
  host: ReadHost,
  { distUpgrade }: { readonly distUpgrade: boolean },
): Promise<ReadonlyMap<string, string>> {
  const command = ['apt-get', '-q', '-s', '-y', distUpgrade ? 'dist-upgrade' : 'upgrade'];
  const result = await look(host, command);
  if (result.exitCode !== 0) throw toolFailure(['apt-get'], { ...result, stderr: complaints(result) });
  const lines = result.stdout.split('\n');
  const found = lines.flatMap((line) => {
    const [, name, version] = /^Inst (\S+) .*?\((\S+)/.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
  return new Map(found);
}
