import type { FakeHostSetup, FakeProgram, FakeHost } from '../fake-host/fake-host.ts';

/** What a pretended apt starts with. */
export interface FakeAptSetup {
  /** Installed packages: name → version. */
  readonly installed?: Readonly<Record<string, string>>;
  /** Names of packages that are held. */
  readonly held?: readonly string[];
  /** What the lists on the machine offer: name → versions, newest first. */
  readonly offered?: Readonly<Record<string, readonly string[]>>;
  /** What repositories have, which an update of the lists brings; what is offered unless given. */
  readonly published?: Readonly<Record<string, readonly string[]>>;
  /** Whether the lists were refreshed just now; they are very old otherwise. */
  readonly fresh?: boolean;
}

interface FakePackage {
  readonly version: string;
  readonly configOnly?: boolean;
  readonly held?: boolean;
}

type Packages = Readonly<Record<string, FakePackage>>;
type Offers = Readonly<Record<string, readonly string[]>>;

const lists = '/var/lib/apt/lists/partial';

/** A machine's part with apt and dpkg; what they do is kept in its facts `packages`, `offered` and `published`. */
export function fakeApt(setup: FakeAptSetup = {}): FakeHostSetup {
  const packages = Object.fromEntries(
    Object.entries({ dpkg: '1.21', ...setup.installed }).map(([name, version]) => [
      name,
      { version, held: setup.held?.includes(name) === true },
    ]),
  );
  const offered = setup.offered ?? {};
  return {
    facts: { packages, offered, published: setup.published ?? offered },
    files: { [lists]: { directory: true, ...(setup.fresh === true ? { modifiedAt: Date.now() } : {}) } },
    programs: {
      'dpkg-query': (_, machine) => Object.entries(packagesOf(machine)).map(showRow).join(''),
      'dpkg-deb': async ([, , path = ''], machine) =>
        Buffer.from((await machine.files.read(path)) ?? '').toString('utf8'),
      'apt-get': aptGet,
      'apt-cache': aptCache,
      'apt-mark': ([verb, , ...names], machine) => {
        change(machine, names, (one) => ({ ...one, held: verb === 'hold' }));
        return '';
      },
    },
  };
}

function packagesOf(machine: FakeHost): Packages {
  return (machine.facts.get('packages') ?? {}) as Packages;
}

function offersOf(machine: FakeHost, key = 'offered'): Offers {
  return (machine.facts.get(key) ?? {}) as Offers;
}

function showRow([name, { version, configOnly, held }]: readonly [string, FakePackage]): string {
  return (
    [name, 'amd64', version, `${held === true ? 'h' : 'i'}${configOnly === true ? 'c' : 'i'} `, ''].join('\t') + '\n'
  );
}

function change(
  machine: FakeHost,
  names: readonly string[],
  edit: (one: FakePackage, name: string) => FakePackage | undefined,
): void {
  const packages = new Map(Object.entries(packagesOf(machine)));
  for (const name of names) {
    const edited = edit(packages.get(name) ?? { version: '' }, name);
    if (edited === undefined) packages.delete(name);
    else packages.set(name, edited);
  }
  machine.facts.set('packages', Object.fromEntries(packages));
}

const aptGet: FakeProgram = async (args, machine) => {
  const verb = args.find((word) => ['update', 'install', 'remove', 'purge', 'upgrade', 'dist-upgrade'].includes(word));
  const names = args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];
  if (verb === 'update') return update(machine);
  if (verb === 'install') return install(names, machine);
  if (verb === 'remove') change(machine, names, (one) => ({ ...one, configOnly: true }));
  if (verb === 'purge') change(machine, names, () => undefined);
  if (verb?.endsWith('upgrade') === true) return upgrade(args.includes('-s'), machine);
  return '';
};

async function update(machine: FakeHost): Promise<string> {
  machine.facts.set('offered', offersOf(machine, 'published'));
  await machine.files.setTimes(lists, { accessedAt: Date.now(), modifiedAt: Date.now() });
  return '';
}

function install(words: readonly string[], machine: FakeHost): ReturnType<FakeProgram> {
  const wanted = words.map((word) => word.split('='));
  const unknown = wanted.find(([name = '', version]) => {
    const offers = offersOf(machine)[name] ?? [];
    return version === undefined ? offers.length === 0 : !offers.includes(version);
  });
  if (unknown !== undefined) return { exitCode: 100, stderr: `E: Unable to locate package ${unknown[0] ?? ''}\n` };
  for (const [name = '', version] of wanted)
    change(machine, [name], ({ held }) => ({
      version: version ?? offersOf(machine)[name]?.[0] ?? '',
      held: held === true,
    }));
  return '';
}

function upgrade(simulates: boolean, machine: FakeHost): string {
  const rows = Object.entries(packagesOf(machine)).flatMap(([name, { version, held }]) => {
    const newest = offersOf(machine)[name]?.[0];
    return newest === undefined || newest === version || held === true ? [] : [[name, newest] as const];
  });
  if (!simulates) for (const [name, version] of rows) change(machine, [name], (one) => ({ ...one, version }));
  return rows.map(([name, version]) => `Inst ${name} [old] (${version} Debian:stable [amd64])\n`).join('');
}

const aptCache: FakeProgram = (args, machine) => {
  const names = args.slice(args.indexOf('--') + 1);
  const offers = offersOf(machine);
  if (args.includes('policy'))
    return names
      .filter((name) => offers[name] !== undefined)
      .map((name) => `${name}:\n  Installed: (none)\n  Candidate: ${offers[name]?.[0] ?? '(none)'}\n`)
      .join('');
  if (args.includes('madison')) {
    const [name = ''] = names;
    return (offers[name] ?? []).map((version) => ` ${name} | ${version} | http://deb stable/main\n`).join('');
  }
  const [part = ''] = names;
  return Object.keys(offers)
    .filter((name) => name.includes(part.slice(0, 3)))
    .map((name) => `${name} - a package\n`)
    .join('');
};
