import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../../kit/index.ts';
import { toolFailure } from '../../commands/run-tool.ts';
import { compareWithEpoch, pacmanRules } from '../compare-segments.ts';
import { besideHolds, wantedTargets } from '../held-packages.ts';
import { newestFile } from '../newest-file.ts';
import type { InstallOptions, InstallTarget, PackageDatabase, PackageManager } from '../package-manager.ts';
import { workWith } from '../package-work.ts';
import { readIgnored, writeIgnored } from './ignored-packages.ts';
import { listOf, pacmanDetails, readPacmanInfo } from './pacman-info.ts';

const silent = ['--noconfirm', '--noprogressbar'];

/** Arch's pacman. Packages are held by `IgnorePkg` in `/etc/pacman.conf`. */
export const pacman: PackageManager = {
  name: 'pacman',
  installed: readInstalled,
  candidates: readCandidates,
  versions: async (host, name) => {
    const version = (await readCandidates(host, [name])).get(name);
    return version === undefined ? [] : [version];
  },
  suggestions: async (host, name) => {
    const part = (name.slice(0, -1) || name).replace(/[^\w-]/g, '.');
    const { stdout } = await look(host, ['-Ssq', '--', part]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, 10);
  },
  upgrades: async (host) => {
    // It ends with 1 when there is nothing to upgrade.
    const { stdout } = await look(host, ['-Qu']);
    return new Map(
      stdout.split('\n').flatMap((line) => {
        const [, name, version, note] = /^(\S+) \S+ -> (\S+)( \[ignored\])?$/.exec(line) ?? [];
        return name === undefined || version === undefined || note !== undefined ? [] : [[name, version] as const];
      }),
    );
  },
  compareVersions: comparePacmanVersions,
  describeFile: async (host, path) => {
    const [found] = readPacmanInfo((await look(host, ['-Qip', '--', path])).stdout);
    const [name, version] = [found?.get('Name'), found?.get('Version')];
    return name === undefined || version === undefined ? undefined : { name, version };
  },
  files: async (host, name) => {
    const { exitCode, stdout } = await look(host, ['-Qlq', '--', name]);
    return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '' && !line.endsWith('/')) : undefined;
  },
  owner: async (host, path) => {
    const { exitCode, stdout } = await look(host, ['-Qqo', '--', path]);
    return exitCode === 0 ? (stdout.split('\n')[0] ?? '') : '';
  },
  details: async (host, names) => {
    const result = await look(host, ['-Qi', '--', ...names]);
    if (result.exitCode !== 0) throw toolFailure(['pacman'], result);
    return pacmanDetails(result.stdout);
  },
  refresh: async (machine) => {
    await workWith(machine, ['pacman', '-Sy', ...silent]);
    return true;
  },
  refreshedAt: (host) => newestFile(host, ['/var/lib/pacman/sync'], (name) => name.endsWith('.db')),
  install,
  remove: async (machine, names, { purge, signal }) => {
    await workWith(machine, ['pacman', purge ? '-Rsnc' : '-R', ...silent, '--', ...names], { signal });
  },
  upgrade: async (machine, { names, signal }) => {
    const verb = names === undefined ? ['-Su', ...silent] : ['-S', ...silent, '--needed', '--', ...names];
    await workWith(machine, ['pacman', ...verb], { signal });
  },
  hold: writeIgnored,
};

function comparePacmanVersions(a: string, b: string): number {
  return compareWithEpoch(a, b, pacmanRules);
}

function look(host: ReadHost, args: readonly string[]): ReturnType<ReadHost['inspect']> {
  const environment = { LC_ALL: 'C', TZ: 'UTC' };
  return host.inspect({ command: ['pacman', ...args], timeout: 120_000, outputLimit: 64 * 1024 * 1024, environment });
}

async function readInstalled(host: ReadHost): Promise<PackageDatabase> {
  const [result, ignored] = await Promise.all([look(host, ['-Qi']), readIgnored(host)]);
  const infos = readPacmanInfo(result.stdout);
  const packages = infos.map((info) => {
    const name = info.get('Name') ?? '';
    return [name, { version: info.get('Version') ?? '', isConfigOnly: false, isHeld: ignored.has(name) }] as const;
  });
  const provided = infos.flatMap((info) => listOf(info.get('Provides')).map((word) => word.replace(/[<>=].*$/, '')));
  return { packages: new Map(packages), provided: new Set(provided) };
}

// What one provides without being named so, and groups, are known to `-Sp` only.
async function readCandidates(
  host: ReadHost,
  names: readonly string[],
  fromRepository?: string,
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const listed = await look(host, ['-Sl', ...(fromRepository === undefined ? [] : ['--', fromRepository])]);
  const wanted = new Set(names);
  const found = new Map<string, string>();
  for (const line of listed.stdout.split('\n')) {
    const [, name = '', version = ''] = line.split(' ');
    // The first repository that has it is the one it comes from.
    if (wanted.has(name) && !found.has(name)) found.set(name, version);
  }
  for (const name of names.filter((one) => !found.has(one) && fromRepository === undefined)) {
    const { exitCode, stdout } = await look(host, ['-Sddp', '--print-format', '%v', '--', name]);
    const [version] = stdout.split('\n');
    if (exitCode === 0 && version !== undefined && version !== '') found.set(name, version);
  }
  return found;
}

async function install(machine: Host, targets: readonly InstallTarget[], options: InstallOptions): Promise<void> {
  if (options.skipVerify === true)
    throw new AppError({
      code: 'state-failed',
      message: 'pacman verifies by SigLevel in pacman.conf, not by skip_verify',
    });
  const database = await readInstalled(machine);
  const wanted = wantedTargets(targets, database, options);
  const files = wanted.flatMap(({ file }) => file ?? []);
  const words = wanted
    .filter(({ file }) => file === undefined)
    .map(({ name, version }) => {
      const prefix = options.fromRepository === undefined ? '' : `${options.fromRepository}/`;
      return `${prefix}${name}${version === undefined ? '' : `=${version}`}`;
    });
  const flags = [
    ...silent,
    ...(options.reinstall === true ? [] : ['--needed']),
    ...(options.downloadOnly === true ? ['--downloadonly'] : []),
  ];
  const run = async (verb: string, what: readonly string[]): Promise<void> => {
    if (what.length > 0) await workWith(machine, ['pacman', verb, ...flags, '--', ...what], { signal: options.signal });
  };
  await besideHolds(machine, { manager: pacman, database, targets: wanted, options }, async () => {
    await run('-U', files);
    await run('-S', words);
  });
}
