import type { ReadHost } from '../../../kit/index.ts';
import { memberKinds, unknownGroup, type MemberKind, type PackageGroup } from './package-group.ts';

async function ask(host: ReadHost, command: readonly string[]): Promise<readonly string[]> {
  const result = await host.inspect({ command, timeout: 300_000, environment: { LC_ALL: 'C.UTF-8' } });
  return result.stdout.split('\n');
}

const sections: Readonly<Record<string, string>> = {
  'installed groups:': 'installed',
  'available groups:': 'available',
  'installed environment groups:': 'installed environments',
  'available environment groups:': 'available environments',
  'available language groups:': 'available languages',
};

/** All groups dnf or yum know, hidden ones too. */
export async function dnfGroupList(
  host: ReadHost,
  program: string,
): Promise<Record<string, string[] | Record<string, Record<string, string>>>> {
  const groups: Record<string, string[]> = Object.fromEntries(
    Object.values(sections)
      .filter((section) => section !== 'available languages')
      .map((section) => [section, []]),
  );
  const languages: Record<string, Record<string, string>> = {};
  let section: string | undefined;
  for (const line of await ask(host, [program, '--quiet', 'grouplist', 'hidden'])) {
    const named = sections[line.toLowerCase()];
    const text = line.trim();
    if (named !== undefined) section = named;
    else if (section === 'available languages') Object.assign(languages, readLanguage(text));
    else if (section !== undefined && text !== '' && text.toLowerCase() !== 'done') groups[section]?.push(text);
  }
  return { ...groups, 'available languages': languages };
}

function readLanguage(line: string): Record<string, Record<string, string>> {
  const [, name, language] = /^(.+) \[(.+)\]/.exec(line) ?? [];
  return name === undefined || language === undefined ? {} : { [line]: { name, language } };
}

/** A group to look at. */
interface Question {
  readonly program: string;
  readonly group: string;
  /** Whether of an environment the packages of its groups are told, not the groups. */
  readonly expands: boolean;
}

/** What dnf or yum tell of a group. Throws `state-failed` when they know none of that name. */
export async function dnfGroupInfo(host: ReadHost, question: Question): Promise<PackageGroup> {
  return readGroup(host, question, new Set());
}

async function readGroup(host: ReadHost, question: Question, seen: Set<string>): Promise<PackageGroup> {
  const lines = await ask(host, [question.program, '--quiet', 'groupinfo', question.group]);
  const facts = readFacts(lines);
  const members = readMembers(lines);
  const isEnvironment = facts['type'] === 'environment group';
  if (facts['group'] === undefined && facts['id'] === undefined) throw unknownGroup(question.group);
  if (!isEnvironment || !question.expands) return { facts, members };
  const found: Record<MemberKind, readonly string[]> = { mandatory: [], optional: [], default: [], conditional: [] };
  for (const name of memberKinds.flatMap((kind) => members[kind])) {
    if (seen.has(name)) continue;
    seen.add(name);
    // With the sign only the group of that very name is meant.
    const inner = await readGroup(host, { ...question, group: `@${name}` }, seen);
    for (const kind of memberKinds) found[kind] = [...found[kind], ...inner.members[kind]];
  }
  return { facts, members: sorted(found) };
}

function readFacts(lines: readonly string[]): Readonly<Record<string, string>> {
  const told = new Map(
    lines.flatMap((line) => {
      const [key = '', value, ...more] = line.split(':').map((part) => part.trim());
      return value === undefined || more.length > 0 ? [] : [[key.toLowerCase(), value] as const];
    }),
  );
  const group = told.get('environment group') ?? told.get('group');
  const id = told.get('environment-id') ?? told.get('group-id');
  return {
    ...(told.has('environment group') ? { type: 'environment group' } : {}),
    ...(told.has('group') && !told.has('environment group') ? { type: 'package group' } : {}),
    ...(group === undefined ? {} : { group }),
    ...(id === undefined ? {} : { id }),
    description: told.get('description') ?? '',
  };
}

function readMembers(lines: readonly string[]): PackageGroup['members'] {
  const found: Record<MemberKind, string[]> = { mandatory: [], optional: [], default: [], conditional: [] };
  let kind: MemberKind | undefined;
  for (const line of lines) {
    const text = line.trim().replace(/^[!-/:-@[-`{-~]+/, '');
    const [, named] = /^(mandatory|optional|default|conditional) (?:groups|packages):\s*$/i.exec(text) ?? [];
    if (named !== undefined) kind = memberKinds.find((each) => each === named.toLowerCase());
    else if (kind !== undefined && text !== '') found[kind].push(text);
  }
  return sorted(found);
}

function sorted(members: Readonly<Record<MemberKind, readonly string[]>>): PackageGroup['members'] {
  const tidy = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();
  return {
    mandatory: tidy(members.mandatory),
    optional: tidy(members.optional),
    default: tidy(members.default),
    conditional: tidy(members.conditional),
  };
}
