import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { AppError } from '../app-error.ts';
import { formatSpan } from '../format-problem.ts';
import { parseMinionId } from '../minion-id.ts';
import type { Problem } from '../problem.ts';
import { toValue, type Dict, type Plain } from '../value.ts';
import { checkConfig } from './check-config.ts';
import { configProblem, type KeyOrigin } from './config-problem.ts';
import { expandPath, hasWildcard } from './expand-paths.ts';
import { fullHostName } from './host-name.ts';
import { MasterConfig } from './master-config.ts';
import { MinionConfig } from './minion-config.ts';
import { appendDomain, discoverMinionId } from './minion-identity.ts';
import { placeUnder } from './place-under.ts';
import { readConfigFiles } from './read-config-files.ts';

/** Where a configuration is read from. */
export interface LoadConfigOptions {
  /** The folder that holds it (`-c`); else that in `SALT_CONFIG_DIR`, else `/etc/salt`. */
  readonly configDir?: string;
  /** Values that go before those in files, such as command-line options. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Tells the host's full name. */
  readonly hostName?: () => string;
}

/** A configuration that can be used. */
export interface LoadedConfig<Config> {
  /** Frozen, lists and records in it too; dicts are Maps, which are to be left as they are. */
  readonly config: Config;
  /** Warnings. */
  readonly problems: readonly Problem[];
  readonly configDir: string;
  /** The files read, in order. */
  readonly files: readonly string[];
}

const shapes = {
  master: { shape: MasterConfig.shape, otherShape: MinionConfig.shape },
  minion: { shape: MinionConfig.shape, otherShape: MasterConfig.shape },
} as const;

/**
 * Reads the configuration of a master or minion: `<configDir>/<kind>`, then the files it includes (standard:
 * `<kind>.d/*.conf`). Folders are put under `root_dir`, wildcards in roots are expanded, and a minion has an id.
 *
 * Throws `config-invalid` with all problems; `config-missing` when the folder was named (by option or environment)
 * and has no main file; `config-unreadable`.
 */
export function loadConfig(kind: 'master', options?: LoadConfigOptions): LoadedConfig<MasterConfig>;
export function loadConfig(kind: 'minion', options?: LoadConfigOptions): LoadedConfig<MinionConfig>;
export function loadConfig(kind: 'master' | 'minion', options: LoadConfigOptions = {}): LoadedConfig<unknown> {
  const named = options.configDir ?? (options.environment ?? process.env)['SALT_CONFIG_DIR'];
  const configDir = resolve(named === undefined || named === '' ? '/etc/salt' : named);
  const read = readConfigFiles({ kind, configDir, isRequired: named !== undefined && named !== '' });
  const origins = new Map(read.origins);
  for (const [key, value] of toValue((options.overrides ?? {}) as Plain) as Dict) {
    read.values.set(key, value);
    origins.delete(key);
  }
  const { config, problems } = checkConfig(shapes[kind], read.values, origins);
  const all = [...read.problems, ...problems];
  if (all.every(({ severity }) => severity !== 'error')) {
    expandRoots(config);
    placeUnderRoot(config);
    const { hostName = kind === 'master' ? hostname : fullHostName } = options;
    all.push(...setId(kind, config, { configDir, hostName, origin: origins.get('id') }));
  }
  throwErrors(all);
  return { config: freeze(config), problems: all, configDir, files: read.files };
}

function throwErrors(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const place = first.span === undefined ? '' : ` (${formatSpan(first.span)})`;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more problems` : '';
  const message = `the configuration cannot be used: ${first.summary}${place}${more}`;
  throw new AppError({ code: 'config-invalid', message, problems });
}

function expandRoots(config: Record<string, unknown>): void {
  for (const key of ['file_roots', 'pillar_roots']) {
    const roots = config[key] as Readonly<Record<string, readonly string[]>>;
    const expanded = Object.entries(roots).map(([name, paths]) => [
      name,
      paths.flatMap((path) => (hasWildcard(path) ? expandPath(path) : [path])),
    ]);
    config[key] = Object.fromEntries(expanded) as unknown;
  }
}

const rootedKeys = [
  ...['pki_dir', 'cachedir', 'sock_dir', 'pidfile', 'audit_log', 'key_logfile', 'extension_modules'],
  ...['autosign_file', 'autoreject_file', 'autosign_grains_dir'],
];

function placeUnderRoot(config: Record<string, unknown>): void {
  const root = resolve(String(config['root_dir']));
  const isUrl = /^[a-z]+:\/\//.test(String(config['log_file']));
  for (const key of [...rootedKeys, ...(isUrl ? [] : ['log_file'])]) {
    const path = config[key];
    if (typeof path === 'string') config[key] = placeUnder(root, path);
  }
}

interface IdContext {
  readonly configDir: string;
  readonly hostName: () => string;
  readonly origin: KeyOrigin | undefined;
}

function setId(kind: 'master' | 'minion', config: Record<string, unknown>, context: IdContext): Problem[] {
  const { configDir, origin, hostName } = context;
  if (kind === 'master') {
    if (config['id'] === '') config['id'] = `${hostName()}_master`;
    return [];
  }
  if (config['id'] === '') {
    config['id'] = discoverMinionId({
      configDir,
      hostName,
      usesFile: config['minion_id_caching'] === true,
      isLowercase: config['minion_id_lowercase'] === true,
      removeDomain: config['minion_id_remove_domain'],
    });
  }
  const domain = config['append_domain'];
  const id = appendDomain(String(config['id']), typeof domain === 'string' ? domain : undefined);
  config['id'] = id;
  if (parseMinionId(id) !== undefined) return [];
  const summary = `'${id}' cannot be a minion id`;
  const help = 'an id has letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit';
  return [configProblem({ severity: 'error', code: 'config-value-invalid', summary, help }, origin)];
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Map || ArrayBuffer.isView(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
