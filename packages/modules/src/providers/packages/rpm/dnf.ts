import type { CommandResult, Host, ReadHost } from '../../../kit/index.ts';
import { besideHolds, wantedTargets } from '../held-packages.ts';
import { newestFile } from '../newest-file.ts';
import type { InstallOptions, InstallTarget, PackageDatabase, PackageManager } from '../package-manager.ts';
import { workWith } from '../package-work.ts';
import { readOffers, type Offer } from './dnf-offers.ts';
import {
  compareRpmVersions,
  describeRpmFile,
  readRpmDatabase,
  rpmFiles,
  rpmOwner,
  versionsByName,
} from './rpm-database.ts';
import { rpmDetails } from './rpm-details.ts';
import { readVersionLocks } from './version-locks.ts';

/** Which of both programs is there: they have the same words, but yum cannot be asked through `repoquery`. */
export type DnfProgram = 'dnf' | 'yum';

const caches = {
  dnf: ['/var/cache/dnf', '/var/cache/libdnf5'],
  yum: ['/var/cache/yum'],
} as const satisfies Record<DnfProgram, readonly string[]>;

/** dnf (4 and 5), or yum. */
export function createDnf(program: DnfProgram): PackageManager {
  const offers = (host: ReadHost, names: readonly string[], fromRepository?: string): Promise<readonly Offer[]> =>
    readOffers(host, program, { names, options: repositoryOptions(fromRepository) });
  const installed = async (host: ReadHost): Promise<PackageDatabase> =>
    readRpmDatabase(host, new Set((await readVersionLocks(host)).map(({ name }) => name)));
  const hold = (machine: Host, names: readonly string[], held: boolean): Promise<void> =>
    setLocks(machine, program, { names, held });
  return {
    name: program,
    installed,
    candidates: async (host, names, fromRepository) => {
      const found = names.length === 0 ? [] : await offers(host, names, fromRepository);
      return newestOf(found, names);
    },
    versions: async (host, name) => {
      const found = (await offers(host, [name])).filter((offer) => offer.name === name);
      return [...new Set(found.map(({ version }) => version))].toSorted((a, b) => compareRpmVersions(b, a));
    },
    offered: async (host, patterns) => versionsByName(await offers(host, patterns)),
    suggestions: async (host, name) => {
      const found = await offers(host, [`*${name.replace(/[^\w.+-]/g, '?').slice(0, -1)}*`]);
      return [...new Set(found.map((offer) => offer.name))].toSorted().slice(0, 10);
    },
    upgrades: async (host) => {
      const found = await readOffers(host, program, { names: [], options: [], upgrades: true });
      return newestOf(found, []);
    },
    compareVersions: compareRpmVersions,
    describeFile: describeRpmFile,
    files: rpmFiles,
    owner: rpmOwner,
    details: rpmDetails,
    refresh: async (machine) => {
      await refreshCache(machine, program);
      return true;
    },
    refreshedAt: (host) =>
      newestFile(host, caches[program], (name) => name === 'repomd.xml' || name === 'expired_repos.json'),
    install: (machine, targets, options) => installWith({ program, installed, hold }, machine, { targets, options }),
    remove: async (machine, names, { signal }) => {
      await workWith(machine, [program, '-q', '-y', 'remove', ...names], { signal });
    },
    upgrade: async (machine, { names, signal }) => {
      await workWith(machine, [program, '-q', '-y', 'upgrade', ...(names ?? [])], { signal });
    },
    hold,
  };
}

async function refreshCache(machine: Host, program: DnfProgram): Promise<void> {
  if (program === 'dnf') return void (await workWith(machine, ['dnf', '-q', '-y', 'makecache', '--refresh']));
  await workWith(machine, ['yum', '-q', '-y', 'clean', 'expire-cache']);
  await workWith(machine, ['yum', '-q', '-y', 'makecache']);
}

async function installWith(
  { program, installed, hold }: Pick<PackageManager, 'installed' | 'hold'> & { readonly program: DnfProgram },
  machine: Host,
  { targets, options }: { readonly targets: readonly InstallTarget[]; readonly options: InstallOptions },
): Promise<void> {
  const database = await installed(machine);
  const wanted = wantedTargets(targets, database, options);
  const run = (verb: string, words: readonly string[]): Promise<CommandResult | undefined> =>
    runVerb(machine, program, { verb, words, options });
  await besideHolds(machine, { manager: { hold }, database, targets: wanted, options }, () =>
    installInTurn(wanted, { database, options, run }),
  );
}

function repositoryOptions(fromRepository: string | undefined): readonly string[] {
  return fromRepository === undefined ? [] : ['--disablerepo=*', `--enablerepo=${fromRepository}`];
}

// A name that was asked for may be one that other packages provide.
function newestOf(offers: readonly Offer[], names: readonly string[]): ReadonlyMap<string, string> {
  const newest = new Map<string, string>();
  const note = (name: string, version: string): void => {
    const known = newest.get(name);
    if (known === undefined || compareRpmVersions(version, known) > 0) newest.set(name, version);
  };
  for (const { name, version } of offers) note(name, version);
  for (const { provides, version } of offers)
    if (provides !== undefined && names.includes(provides) && !newest.has(provides)) note(provides, version);
  return newest;
}

async function runVerb(
  machine: Host,
  program: DnfProgram,
  { verb, words, options }: { verb: string; words: readonly string[]; options: InstallOptions },
): Promise<CommandResult | undefined> {
  if (words.length === 0) return undefined;
  const isDnfInstall = program === 'dnf' && verb === 'install';
  const flags = [
    ...(isDnfInstall ? ['--best', '--allowerasing'] : []),
    ...repositoryOptions(options.fromRepository),
    ...(options.skipVerify === true ? ['--nogpgcheck'] : []),
    ...(options.downloadOnly === true ? ['--downloadonly'] : []),
    ...(options.recommends === undefined || program === 'yum'
      ? []
      : [`--setopt=install_weak_deps=${options.recommends ? '1' : '0'}`]),
  ];
  return workWith(machine, [program, '-q', '-y', verb, ...flags, ...words], { signal: options.signal });
}

async function installInTurn(
  targets: readonly InstallTarget[],
  plan: {
    readonly database: PackageDatabase;
    readonly options: InstallOptions;
    readonly run: (verb: string, words: readonly string[]) => Promise<CommandResult | undefined>;
  },
): Promise<void> {
  const verbs = targets.map((target) => verbOf(target, plan.database, plan.options));
  const wordsFor = (verb: string): readonly string[] => targets.filter((_, index) => verbs[index] === verb).map(wordOf);
  for (const verb of ['install', 'downgrade', 'reinstall']) await plan.run(verb, wordsFor(verb));
}

function verbOf({ name, version }: InstallTarget, { packages }: PackageDatabase, options: InstallOptions): string {
  const current = packages.get(name);
  if (current === undefined) return 'install';
  const order = version === undefined ? 0 : compareRpmVersions(version, current.version);
  // Of what is there in several versions, a kernel say, an older one can be installed too.
  if (order < 0 && current.versions === undefined) return 'downgrade';
  return order === 0 && options.reinstall === true ? 'reinstall' : 'install';
}

const architectures = /\.(x86_64|i[3-6]86|aarch64|armv7hl|ppc64le|s390x|noarch)$/;

function wordOf({ name, version, file }: InstallTarget): string {
  if (file !== undefined) return file;
  if (version === undefined) return name;
  const suffix = architectures.exec(name)?.[0] ?? '';
  const bare = suffix === '' ? name : name.slice(0, -suffix.length);
  return `${bare}-${version.replace(/^\d+:/, '')}${suffix}`;
}

async function setLocks(
  machine: Host,
  program: DnfProgram,
  { names, held }: { readonly names: readonly string[]; readonly held: boolean },
): Promise<void> {
  if (held) return void (await workWith(machine, [program, '-q', 'versionlock', 'add', ...names]));
  const entries = (await readVersionLocks(machine)).filter(({ name }) => names.includes(name));
  if (entries.length === 0) return;
  const words = program === 'dnf' ? names : entries.map(({ entry }) => entry);
  await workWith(machine, [program, '-q', 'versionlock', 'delete', ...words]);
}
