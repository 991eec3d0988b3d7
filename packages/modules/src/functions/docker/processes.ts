import { isDict, pythonStr, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { containerPath } from '../../providers/docker/containers.ts';
import { connectDocker, listIn, memberAt, textAt, textsAt } from '../../providers/docker/docker-api.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { isTruthy } from '../../kit/truth.ts';
import { dockerName, requireContainer } from './look.ts';

export const top = defineFunction({
  name: 'docker.top',
  summary: 'The processes of a container that runs, as dictionaries of what ps tells.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.top mycontainer"],
  async run({ name }, context) {
    const docker = connectDocker(context);
    await requireContainer(docker, name);
    const told = await docker.get(containerPath(name, '/top'));
    const titles = textsAt(told, 'Titles');
    const rows = memberAt(told, 'Processes');
    return (Array.isArray(rows) ? rows : []).map((row: unknown) =>
      Object.fromEntries(titles.map((title, at): [string, string] => [title, cellAt(row, at)])),
    );
  },
});

function cellAt(row: unknown, at: number): string {
  const cell = memberAt(row, String(at));
  return typeof cell === 'string' ? cell : '';
}

const kinds: Readonly<Record<number, string>> = { 0: 'Changed', 1: 'Added', 2: 'Deleted' };

export const diff = defineFunction({
  name: 'docker.diff',
  summary: 'The paths of a container that were Changed, Added or Deleted since it was made.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.diff mycontainer"],
  async run({ name }, context): Promise<Plain> {
    const docker = connectDocker(context);
    await requireContainer(docker, name);
    const found: Record<string, string[]> = {};
    for (const one of listIn(await docker.get(containerPath(name, '/changes'))))
      (found[kinds[Number(memberAt(one, 'Kind'))] ?? 'Unknown'] ??= []).push(textAt(one, 'Path'));
    return found;
  },
});

export const prune = defineFunction({
  name: 'docker.prune',
  summary: 'Removes what nothing uses: containers, images, networks and what builds kept; of all these unless told.',
  args: z.object({
    containers: withDefault(flag(), false).describe('Containers that do not run.'),
    networks: withDefault(flag(), false).describe('Networks without containers.'),
    images: withDefault(flag(), false).describe('Images without a name.'),
    build: withDefault(flag(), false).describe('The cache of builds.'),
    volumes: withDefault(flag(), false).describe('Volumes without containers; only when told.'),
    system: optional(flag()).describe('All but volumes.'),
    filters: dict().describe('What has to hold for it, e.g. `until=12h` or `label=foo,bar=baz`.'),
  }),
  keywords: 'filters',
  examples: ["'*' docker.prune system=True", "'*' docker.prune images=True dangling=True until=12h"],
  async run({ filters, system, ...kinds }, context): Promise<Plain> {
    const { volumes, ...others } = kinds;
    const isAll = system ?? !Object.values(others).includes(true);
    const docker = connectDocker(context);
    const query = filters.size === 0 ? '' : `?filters=${encodeURIComponent(filterText(filters))}`;
    const chosen = (['containers', 'images', 'networks', 'build'] as const).filter((kind) => isAll || others[kind]);
    const rows: [string, Plain][] = [];
    for (const kind of [...chosen, ...(volumes ? (['volumes'] as const) : [])])
      rows.push([kind, ((await docker.post(`/${kind}/prune${kind === 'build' ? '' : query}`)) ?? {}) as Plain]);
    return Object.fromEntries(rows);
  },
});

function filterText(filters: Dict): string {
  const words = (value: Value): readonly string[] => {
    if (typeof value === 'boolean') return [String(value)];
    return Array.isArray(value) ? value.map((one) => pythonStr(one)) : pythonStr(value).split(',');
  };
  return JSON.stringify(Object.fromEntries(Array.from(filters, ([key, value]) => [pythonStr(key), words(value)])));
}

export const login = defineFunction({
  name: 'docker.login',
  summary: 'Logs in to the registries of `docker-registries` in pillar or configuration, or to some of them.',
  args: z.object({ registries: textList().describe('Names of registries; `hub` is that of Docker.') }),
  variadic: 'registries',
  examples: ["'*' docker.login", "'*' docker.login hub"],
  async run({ registries }, context): Promise<Plain> {
    if ((await context.host.which('docker')) === undefined) throw failure('docker was not found on this minion.');
    return atRegistries(registries, context, (registry, account) => logIn(registry, account, context));
  },
});

export const logout = defineFunction({
  name: 'docker.logout',
  summary: 'Logs out of the registries of `docker-registries` in pillar or configuration, or of some of them.',
  args: z.object({ registries: textList().describe('Names of registries; `hub` is that of Docker.') }),
  variadic: 'registries',
  examples: ["'*' docker.logout", "'*' docker.logout hub"],
  async run({ registries }, context): Promise<Plain> {
    return atRegistries(registries, context, (registry) => logOut(registry, context));
  },
});

/** Does something at the registries that are named, or at all there are; `work` answers what is wrong, or `undefined`. */
async function atRegistries(
  names: readonly string[],
  context: FunctionContext,
  work: (registry: string, account: Value) => Promise<string | undefined>,
): Promise<Plain> {
  const known = new Map([context.options, context.pillar].flatMap((source) => registriesOf(source)));
  const errors: string[] = [];
  const results: Record<string, boolean> = {};
  for (const registry of names.length > 0 ? names : [...known.keys()]) {
    const account = known.get(registry);
    const wrong = account === undefined ? `No match found for registry '${registry}'` : await work(registry, account);
    if (account !== undefined && wrong !== invalid(registry)) results[registry] = wrong === undefined;
    if (wrong !== undefined) errors.push(wrong);
  }
  if (errors.length > 0) context.setRetcode(1);
  return { retcode: errors.length > 0 ? 1 : 0, Errors: errors, Results: results };
}

function invalid(registry: string): string {
  return `Invalid configuration for registry '${registry}'`;
}

/** Logs in to a registry; answers what is wrong, or `undefined`. */
async function logIn(registry: string, account: Value, { host, signal }: FunctionContext): Promise<string | undefined> {
  const [user, password] = ['username', 'password'].map((key) => (isDict(account) ? account.get(key) : undefined));
  if (user === undefined || password === undefined || registry.startsWith('-')) return invalid(registry);
  const command = ['docker', 'login', `--username=${pythonStr(user)}`, '--password-stdin', ...placeOf(registry)];
  const result = await host.run({ command, input: pythonStr(password), signal, timeout: 120_000 });
  return result.exitCode === 0 ? undefined : complaint(result);
}

/** Logs out of a registry; answers what is wrong, or `undefined`. */
async function logOut(registry: string, context: FunctionContext): Promise<string | undefined> {
  if (registry.startsWith('-')) return invalid(registry);
  const left = await runProgram(context, ['docker', 'logout', ...placeOf(registry)], { timeout: 120_000 });
  return left.exitCode === 0 ? undefined : complaint(left);
}

function placeOf(registry: string): readonly string[] {
  return registry.toLowerCase() === 'hub' ? [] : [registry];
}

// Each key that ends so is a table of registries as well.
function registriesOf(source: Dict): readonly (readonly [string, Value])[] {
  return [...source].flatMap(([key, table]) => {
    const isTable = key === 'docker-registries' || pythonStr(key).endsWith('-docker-registries');
    if (!isTable || !isDict(table)) return [];
    return Array.from(table, ([name, account]) => [pythonStr(name), account] as const).filter(([, account]) =>
      isTruthy(account),
    );
  });
}
