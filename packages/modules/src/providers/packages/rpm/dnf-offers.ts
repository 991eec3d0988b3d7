import type { ReadHost } from '../../../kit/index.ts';
import type { DnfProgram } from './dnf.ts';
import { rpmArchitecture, rpmName, rpmVersion } from './rpm-database.ts';

/** A package that a repository has. */
export interface Offer {
  readonly name: string;
  readonly version: string;
  /** The name that was asked for, when the package only provides it. */
  readonly provides?: string;
}

interface Question {
  /** Names, or globs of them; everything without any. */
  readonly names: readonly string[];
  readonly options: readonly string[];
  /** Only what is newer than what is installed. */
  readonly upgrades?: boolean;
}

const lookTimeout = 300_000;

/** What the repositories offer, by the lists on this machine: nothing is fetched. */
export async function readOffers(host: ReadHost, program: DnfProgram, question: Question): Promise<readonly Offer[]> {
  const native = await rpmArchitecture(host);
  if (program === 'yum') return readYumList(await ask(host, yumCommand(question)), native);
  const found = readRows(await ask(host, dnfCommand(question, [])), native);
  const names = new Set(found.map(({ name }) => name));
  const missing = question.names.filter((name) => !name.includes('*') && !names.has(name));
  const provided = missing.map(async (name) => {
    const rows = readRows(await ask(host, dnfCommand({ ...question, names: [name] }, ['--whatprovides'])), native);
    return rows.map((row) => ({ ...row, provides: name }));
  });
  return [...found, ...(await Promise.all(provided)).flat()];
}

async function ask(host: ReadHost, command: readonly string[]): Promise<string> {
  const result = await host.inspect({ command, timeout: lookTimeout, environment: { LC_ALL: 'C.UTF-8' } });
  return result.stdout;
}

const row = '%{name}\\t%{epoch}\\t%{version}-%{release}\\t%{arch}\\n';

function dnfCommand({ names, options, upgrades }: Question, extra: readonly string[]): readonly string[] {
  const kind = upgrades === true ? ['--upgrades'] : [];
  return ['dnf', '-q', '--cacheonly', 'repoquery', ...options, ...kind, '--queryformat', row, ...extra, ...names];
}

function readRows(output: string, native: string): readonly Offer[] {
  return output.split('\n').flatMap((line) => {
    const [name, epoch = '', version, architecture = ''] = line.split('\t');
    if (name === undefined || version === undefined || architecture === 'src') return [];
    return [{ name: rpmName(name, architecture, native), version: rpmVersion(epoch, version) }];
  });
}

function yumCommand({ names, options, upgrades }: Question): readonly string[] {
  const kind = upgrades === true ? ['list', 'updates'] : ['list', 'available', '--showduplicates'];
  return ['yum', '-q', '-C', ...options, ...kind, ...names];
}

// Three columns, which yum breaks into several lines where they do not fit: name.arch, version, repository.
function readYumList(output: string, native: string): readonly Offer[] {
  const start = output.search(/^(Available|Updated|Upgraded) Packages|^Available Upgrades/m);
  if (start < 0) return [];
  const words = output
    .slice(output.indexOf('\n', start) + 1)
    .split(/\s+/)
    .filter((word) => word !== '');
  const offers: Offer[] = [];
  for (let index = 0; index + 2 < words.length; index += 3) {
    const [whole = '', version = ''] = words.slice(index, index + 2);
    const dot = whole.lastIndexOf('.');
    offers.push({ name: rpmName(whole.slice(0, dot), whole.slice(dot + 1), native), version });
  }
  return offers;
}
