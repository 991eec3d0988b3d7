import { isAppError, isDict, loadJson, pythonStr, type Dict, type Value } from '@brine/common';
import { dictOrList, lineText, optional, type CommandRequest, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';

/** The arguments that `npm` states share. */
export const npmArguments = {
  dir: optional(lineText()).describe('Directory of the project; for the whole machine unless given.'),
  user: optional(lineText()).describe('Account npm runs as.'),
  env: optional(dictOrList()).describe('Variables of the environment.'),
};

/** Where npm works. */
export interface NpmPlace {
  readonly dir: string | undefined;
  readonly user: string | undefined;
  readonly env: Dict | undefined;
}

/** The packages npm knows to be installed: name → version. Throws `state-failed`. */
export async function listNpm(host: ReadHost, place: NpmPlace): Promise<ReadonlyMap<string, string>> {
  const command = ['npm', 'list', '--json', '--depth=0', ...scope(place)];
  const result = await host.inspect({ command, timeout: 120_000, ...requestOf(place) });
  // A tree with problems is told all the same, with a status that says so.
  const tree = readJson(result.stdout);
  if (!isDict(tree)) throw toolFailure(command, result);
  const packages = tree.get('dependencies') ?? null;
  if (!isDict(packages)) return new Map();
  return new Map(
    Array.from(packages, ([name, one]) => [pythonStr(name), isDict(one) ? pythonStr(one.get('version') ?? '') : '']),
  );
}

/** Whether everything that the package.json of a directory asks for is installed there. */
export async function isProjectComplete(host: ReadHost, place: NpmPlace): Promise<boolean> {
  const command = ['npm', 'list', '--json', '--depth=0'];
  return (await host.inspect({ command, timeout: 120_000, ...requestOf(place) })).exitCode === 0;
}

/** The keys of the cache, of one package when it is named. Throws `state-failed`. */
export async function listNpmCache(
  host: ReadHost,
  place: NpmPlace,
  name: string | undefined,
): Promise<readonly string[]> {
  const command = ['npm', 'cache', 'ls'];
  const result = await host.inspect({ command, timeout: 300_000, ...requestOf(place) });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const keys = result.stdout.split('\n').filter((key) => key !== '');
  if (name === undefined) return keys;
  const path = `/${name.replace('/', '%2f')}`;
  return keys.filter((key) => key.endsWith(path) || key.endsWith(`/${name}`) || key.includes(`/${name}/-/`));
}

function readJson(text: string): Value {
  try {
    return loadJson(text);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return null;
  }
}

/** Runs npm. Throws `state-failed` with what it complained about. */
export async function runNpm(
  machine: Host,
  args: readonly string[],
  { place, signal }: { readonly place: NpmPlace; readonly signal: AbortSignal },
): Promise<void> {
  const [verb = '', ...words] = args;
  const where = verb === 'cache' ? [] : scope(place);
  await runTool(machine, ['npm', verb, ...where, ...words], { ...requestOf(place), signal, timeout: 3_600_000 });
}

function scope({ dir }: NpmPlace): readonly string[] {
  return dir === undefined ? ['--global'] : [];
}

function requestOf({ dir, user, env }: NpmPlace): Omit<CommandRequest, 'command'> {
  const variables = Array.from(env ?? [], ([key, value]) => [pythonStr(key), pythonStr(value)] as const);
  return {
    environment: { LC_ALL: 'C.UTF-8', ...Object.fromEntries(variables) },
    ...(dir === undefined ? {} : { workingDirectory: dir }),
    ...(user === undefined ? {} : { user }),
  };
}
