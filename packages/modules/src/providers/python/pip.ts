import { pythonStr, type Dict } from '@brine/common';
import type { CommandRequest, Host, ReadHost } from '../../kit/index.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';
import { isDirectory } from '../files/paths.ts';
import { meetsSpecifier } from './python-versions.ts';
import { readJson } from '../commands/read-json.ts';

/** Which pip is meant, and how it is run. */
export interface PipPlace {
  /** A virtual environment, or the path of a pip; that of the machine unless given. */
  readonly binEnv: string | undefined;
  readonly user: string | undefined;
  readonly cwd: string | undefined;
  readonly environment: Dict | undefined;
}

/** A package as a requirement names it. */
export interface Requirement {
  /** As written. */
  readonly text: string;
  /** `undefined` for a URL, whose package is known only once it was fetched. */
  readonly name: string | undefined;
  readonly specifier: string;
}

/** Reads a requirement such as `requests[socks]>=2,<3`; markers behind a semicolon are pip's to judge. */
export function readRequirement(text: string): Requirement {
  const version = '[<>=!~]{1,3}\\s*[^,;\\s<>=!~]+';
  const versions = `(?:${version}(?:\\s*,\\s*${version})*\\s*,?)?`;
  const whole = new RegExp(`^([A-Za-z0-9][\\w.-]*)\\s*(?:\\[[^\\]]*\\])?\\s*(${versions})\\s*(?:;.*)?$`);
  const match = whole.exec(text.trim());
  return { text, name: match?.[1], specifier: (match?.[2] ?? '').replace(/\s+/g, '') };
}

/** What pip would have against a requirement before it looks for the package, in Salt's words. */
export function faultOfRequirement({ text, name, specifier }: Requirement): string | undefined {
  const isPlace = /[/\\@]|^\.|\.(?:whl|zip|tgz|tar\.\w+)$/.test(text.trim());
  const hasSingleSign = /(?:^|,)=[^=]/.test(specifier);
  if (isPlace || (name !== undefined && !hasSingleSign)) return undefined;
  if (text.includes('=') && !text.includes('=='))
    return `Invalid version specification in package ${text}. '=' is not supported, use '==' instead.`;
  return `pip raised an exception while parsing '${text}': Invalid requirement: '${text}'`;
}

/** The requirements of a file; `undefined` when it has lines that only pip can judge. */
export function readRequirementsFile(text: string): readonly Requirement[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const requirements = lines.map(readRequirement);
  const isPlain = requirements.every(({ name, text: line }) => name !== undefined && !line.includes(';'));
  return isPlain ? requirements : undefined;
}

/** The packages pip knows to be installed: name in its normal form → version. Throws `state-failed`. */
export async function listInstalled(host: ReadHost, place: PipPlace): Promise<ReadonlyMap<string, string>> {
  const command = [...(await pipCommand(host, place)), 'list', '--format=freeze', '--disable-pip-version-check'];
  const result = await host.inspect({ command, timeout: 120_000, ...requestOf(place) });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const rows = result.stdout.split('\n').map((line) => line.trim().split('=='));
  return new Map(
    rows.flatMap(([name, version]) =>
      name === undefined || version === undefined ? [] : [[normalName(name), version] as const],
    ),
  );
}

/** A package's name as all its spellings agree on it. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Whether what is installed will do for a requirement. */
export function isMet({ name, specifier }: Requirement, installed: ReadonlyMap<string, string>): boolean {
  const version = name === undefined ? undefined : installed.get(normalName(name));
  return version !== undefined && meetsSpecifier(version, specifier);
}

/** The newest version an index has for a requirement; `undefined` when that cannot be told. */
export async function newestOffered(
  host: ReadHost,
  { name, specifier }: Requirement,
  { place, options }: { readonly place: PipPlace; readonly options: readonly string[] },
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const command = [...(await pipCommand(host, place)), 'index', 'versions', ...options, name];
  const { exitCode, stdout } = await host.inspect({ command, timeout: 120_000, ...requestOf(place) });
  const listed = /^Available versions:(.*)$/m.exec(stdout)?.[1];
  if (exitCode !== 0 || listed === undefined) return undefined;
  return listed
    .split(',')
    .map((version) => version.trim())
    .find((version) => meetsSpecifier(version, specifier));
}

/** The packages that an index has newer versions of. Throws `state-failed`. */
export async function listOutdated(
  host: ReadHost,
  place: PipPlace,
): Promise<readonly { readonly name: string; readonly old: string; readonly latest: string }[]> {
  const pip = await pipCommand(host, place);
  const command = [...pip, 'list', '--outdated', '--format=json', '--disable-pip-version-check'];
  const result = await host.inspect({ command, timeout: 600_000, ...requestOf(place) });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const rows = readJson('pip', result.stdout) as readonly Readonly<Record<string, string | undefined>>[];
  return rows.map(({ name = '', version = '', latest_version: latest = '' }) => ({ name, old: version, latest }));
}

/** Runs pip. Throws `state-failed` with what it complained about. */
export async function runPip(
  machine: Host,
  args: readonly string[],
  { place, signal }: { readonly place: PipPlace; readonly signal: AbortSignal },
): Promise<void> {
  const command = [...(await pipCommand(machine, place)), ...args];
  await runTool(machine, command, { ...requestOf(place), signal, timeout: 3_600_000 });
}

/** The command that runs a pip. */
export async function pipCommand(host: ReadHost, { binEnv }: PipPlace): Promise<readonly string[]> {
  if (binEnv !== undefined) {
    if (await isDirectory(host, binEnv)) return [`${binEnv.replace(/\/+$/, '')}/bin/pip`];
    return /python[^/]*$/.test(binEnv) ? [binEnv, '-m', 'pip'] : [binEnv];
  }
  const found = (await host.which('pip3')) ?? (await host.which('pip'));
  return found === undefined ? ['python3', '-m', 'pip'] : [found];
}

/** How a pip is run. */
export function requestOf({ user, cwd, environment }: PipPlace): Omit<CommandRequest, 'command'> {
  const variables = Array.from(environment ?? [], ([key, value]) => [pythonStr(key), pythonStr(value)] as const);
  return {
    environment: { LC_ALL: 'C.UTF-8', PIP_NO_INPUT: '1', ...Object.fromEntries(variables) },
    ...(user === undefined ? {} : { user }),
    ...(cwd === undefined ? {} : { workingDirectory: cwd }),
  };
}
