import type { FakeHost, FakeHostSetup, FakeProgram } from '@brine/testkit';

type Versions = Readonly<Record<string, string>>;

// What dnf 4.14 answered of a repository made for it; what it says of installed and of language groups is not recorded.
const groups: Readonly<Record<string, string>> = {
  lb: `Group: Load Balancer
 Description: Balances: loads.
 Mandatory Packages:
   hello
 Default Packages:
   tool
 Optional Packages:
   extra
 Conditional Packages:
   base
`,
  Server: `Environment Group: Server
 Description: A server.
 Mandatory Groups:
   Core
 Optional Groups:
   Load Balancer
`,
  '@Core': 'Group: Core\n Description: \n Mandatory Packages:\n   base\n',
};
const groupList = `Available Environment Groups:
   Server
Installed Groups:
   Core
Available Groups:
   Load Balancer
Available Language Groups:
   Afrikaans Support [af]
`;
const advisories = '  LAB-2026-1 Important/Sec. hello-1.1-1.noarch\ni LAB-2026-2 bugfix         tool-1.0-1.noarch\n';

function versionsOf(machine: FakeHost, key: string): Versions {
  return machine.facts.get(key) as Versions;
}

const dnf: FakeProgram = async (words, machine) => {
  const last = words.at(-1) ?? '';
  if (words.includes('grouplist')) return groupList;
  if (words.includes('groupinfo'))
    return groups[last === 'Load Balancer' || last === '@Load Balancer' ? 'lb' : last] ?? '';
  if (words.includes('updateinfo'))
    return versionsOf(machine, 'installed')['hello'] === '1.1-1' ? advisories.replace(/^ /, 'i') : advisories;
  if (words.includes('repoquery')) return offers(machine, words);
  const update = words.includes('--advisory=LAB-2026-1') ? ['hello'] : [];
  const offered = Object.keys(versionsOf(machine, 'offered'));
  const names = [...update, ...offered.filter((name) => words.some((word) => word.replace(/-\d.*$/, '') === name))];
  for (const name of names) await bring(machine, name, words.includes('--downloadonly'));
  return '';
};

function offers(machine: FakeHost, words: readonly string[]): string {
  const found = Object.entries(versionsOf(machine, 'offered')).filter(([name]) => words.includes(name));
  return found.map(([name, version]) => `${name}\t0\t${version}\tnoarch\n`).join('');
}

async function bring(machine: FakeHost, name: string, downloadOnly: boolean): Promise<void> {
  const version = versionsOf(machine, 'offered')[name] ?? '';
  const file = `/var/cache/dnf/lab/packages/${name}-${version}.noarch.rpm`;
  if (downloadOnly) return machine.files.write(file, Buffer.from(`${name}\t0\t${version}\tnoarch\n`));
  machine.facts.set('installed', { ...versionsOf(machine, 'installed'), [name]: version });
  const { [name]: mended = '', ...rest } = versionsOf(machine, 'altered');
  machine.facts.set('altered', mended.includes('stubborn') ? { ...rest, [name]: mended } : rest);
}

const rpm: FakeProgram = async (words, machine) => {
  if (words[0] === '--eval') return 'x86_64\n';
  if (words[0] === '-qp') return Buffer.from((await machine.files.read(words.at(-1) ?? '')) ?? '').toString();
  if (words.includes('-V')) return verify(words, machine);
  return Object.entries(versionsOf(machine, 'installed'))
    .map(([name, version]) => `${name}\t0\t${version}\tnoarch\t${name} \n`)
    .join('');
};

function verify(words: readonly string[], machine: FakeHost) {
  const altered = versionsOf(machine, 'altered');
  const known = versionsOf(machine, 'installed');
  const names = words.filter((word) => !word.startsWith('-'));
  const unknown = names.find((name) => known[name] === undefined);
  if (unknown !== undefined) return { exitCode: 1, stderr: `package ${unknown} is not installed\n` };
  const said = names.map((name) => altered[name] ?? '').join('');
  return { stdout: words.includes('--nomtime') ? said.replaceAll('T', '.') : said, exitCode: said === '' ? 0 : 1 };
}

/** A machine's part with dnf and rpm: what is installed and altered are its facts. */
export function fakeDnf(
  installed: Versions,
  altered: Versions = {},
): Required<Pick<FakeHostSetup, 'programs' | 'facts' | 'files'>> {
  const offered = { hello: '1.1-1', tool: '1.0-1', extra: '1.0-1', base: '1.0-1' };
  return {
    programs: { dnf, rpm },
    facts: { installed, altered, offered },
    files: { '/var/cache/dnf/lab/packages': { directory: true } },
  };
}
