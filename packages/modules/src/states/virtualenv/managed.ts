import type { Applied, CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dictOrList,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  textList,
  unsupported,
  valueList,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { requirementsOf } from '../../providers/python/check-installed.ts';
import { environmentWithProxy } from '../../providers/python/pip-proxy.ts';
import { readRequirements } from '../../providers/python/check-requirements.ts';
import { toPipOptions, type PipOptions } from '../../providers/python/pip-arguments.ts';
import { isMet, listInstalled, runPip, type PipPlace } from '../../providers/python/pip.ts';

/** `virtualenv.managed` */
export const managed = defineState({
  name: 'virtualenv.managed',
  summary: 'Keeps a virtual environment of Python, with packages if asked.',
  args: z.object({
    name: lineText().describe('Absolute path of the environment.'),
    venv_bin: optional(lineText()).describe('The program that makes it: virtualenv, pyvenv or a path.'),
    requirements: optional(lineText()).describe('URL or path of a file of requirements.'),
    pip_pkgs: optional(valueList()).describe('Packages.'),
    system_site_packages: withDefault(flag(), false).describe('Whether packages of the machine are seen.'),
    clear: withDefault(flag(), false).describe('Makes the environment anew each time.'),
    python: optional(lineText()).describe('The Python it is made for.'),
    extra_search_dir: optional(textList()).describe('Directories with packages virtualenv needs.'),
    never_download: optional(flag()).describe('Accepted for compatibility: nothing is downloaded to make one.'),
    prompt: optional(lineText()).describe('What the prompt shows.'),
    user: optional(lineText()).describe('Account that makes it.'),
    cwd: optional(lineText()).describe('Directory pip runs in.'),
    index_url: optional(lineText()).describe('URL of the package index.'),
    extra_index_url: optional(textList()).describe('URLs of further package indexes.'),
    pre_releases: withDefault(flag(), false).describe('Whether versions before a release count.'),
    no_deps: withDefault(flag(), false).describe('Leaves out what the packages depend on.'),
    pip_exists_action: optional(lineText()).describe('What happens to a path that exists.'),
    pip_ignore_installed: withDefault(flag(), false).describe('Whether installed packages are overwritten.'),
    pip_upgrade: withDefault(flag(), false).describe('Whether packages are upgraded each time.'),
    pip_no_cache_dir: withDefault(flag(), false).describe('Whether the cache is left out.'),
    pip_cache_dir: optional(lineText()).describe('Directory of the cache.'),
    no_binary: optional(textList()).describe('Packages that are built from source.'),
    proxy: optional(lineText()).describe('Proxy, as user:password@host:port.'),
    env_vars: optional(dictOrList()).describe('Variables of the environment.'),
    use_vt: withDefault(flag(), false).describe('Accepted for compatibility.'),
    distribute: withDefault(flag(), false).describe('Accepted for compatibility; virtualenv gave it up.'),
    use_wheel: withDefault(flag(), false).describe('Accepted for compatibility: pip always takes wheels.'),
    no_use_wheel: withDefault(flag(), false).describe(
      'Accepted for compatibility: pip gave it up; no_binary says the same.',
    ),
    pip_download_cache: optional(lineText()).describe(
      'Accepted for compatibility: pip gave it up; pip_cache_dir says the same.',
    ),
    process_dependency_links: withDefault(flag(), false).describe('Accepted for compatibility: pip gave it up.'),
    pip_download: unsupported('pip_download, which pip made a command of its own'),
  }),
  examples: [
    `/srv/app/venv:
  virtualenv.managed:
    - python: python3
    - user: app
    - pip_pkgs: [requests]`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name, requirements, clear } = args;
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const environment = environmentWithProxy(context.options, args.proxy, args.env_vars);
    const place: PipPlace = { binEnv: name, user: args.user, cwd: args.cwd, environment };
    const exists = (await context.host.files.stat(`${name}/bin/python`, { follow: true })) !== undefined;
    const options = {
      ...args,
      upgrade: args.pip_upgrade,
      ignore_installed: args.pip_ignore_installed,
      exists_action: args.pip_exists_action,
      no_cache_dir: args.pip_no_cache_dir,
      cache_dir: args.pip_cache_dir,
    };
    const plan = { ...args, place, exists, options, context };
    if (exists && !clear) return checkPackages(plan);
    const wants = requirements !== undefined || args.pip_pkgs !== undefined;
    const comment = `Virtualenv ${name} is set to be ${exists ? 'cleared' : 'created'}`;
    return willChange({ comment, changes: { new: name, ...(wants ? { packages: true } : {}) } }, (machine) =>
      attempt('Failed to create virtualenv', () => create(plan, machine, wants)),
    );
  },
});

interface Plan {
  readonly name: string;
  readonly venv_bin: string | undefined;
  readonly requirements: string | undefined;
  readonly pip_pkgs: Parameters<typeof requirementsOf>[0]['pkgs'];
  readonly system_site_packages: boolean;
  readonly clear: boolean;
  readonly python: string | undefined;
  readonly extra_search_dir: readonly string[] | undefined;
  readonly prompt: string | undefined;
  readonly user: string | undefined;
  readonly place: PipPlace;
  readonly options: PipOptions;
  readonly context: StateContext;
}

// Both may want what the environment does not have yet, so each is looked at only once it is there.
async function missingPackages(plan: Plan, host: ReadHost): Promise<readonly string[] | string> {
  const { name, requirements, pip_pkgs: pkgs, place, options } = plan;
  const always = options.upgrade === true || options.ignore_installed === true;
  const installed = pkgs === undefined ? new Map<string, string>() : await listInstalled(host, place);
  const wanted = pkgs === undefined ? [] : requirementsOf({ name, pkgs });
  const words = wanted.filter((one) => always || !isMet(one, installed)).map(({ text }) => text.trim());
  if (words.some((word) => word.startsWith('-'))) return 'The name of a Python package must not start with a dash';
  if (requirements === undefined) return words;
  const found = await readRequirements(requirements, { name, place }, { ...plan.context, host });
  if (typeof found === 'string') return found;
  return found.isMet && !always ? words : [`--requirement=${found.path}`, ...words];
}

async function checkPackages(plan: Plan): Promise<CheckOutcome<Host>> {
  const { name, context } = plan;
  const words = await missingPackages(plan, context.host);
  if (typeof words === 'string') return fails(words);
  if (words.length === 0) return isOk(`Virtualenv ${name} is already created`);
  const pending = {
    comment: `Virtualenv ${name} is already created, its packages are set to be installed`,
    changes: { packages: true },
  };
  return willChange(pending, (machine) =>
    attempt('virtualenv exists', async () => ({
      comment: 'virtualenv exists',
      changes: { packages: await installPackages(plan, words, machine) },
    })),
  );
}

async function create(plan: Plan, machine: Host, wantsPackages: boolean): Promise<Applied> {
  const { name, user, clear, context } = plan;
  await makeParents(machine, name, user === undefined ? {} : { user });
  const request = { signal: context.signal, ...(user === undefined ? {} : { user }) };
  await runTool(machine, [...(await creator(plan, machine)), name], request);
  const version = await machine.inspect({ command: [`${name}/bin/python`, '-V'], timeout: 30_000 });
  const changes = { new: (version.stdout || version.stderr).trim() };
  const comment = clear ? 'Cleared existing virtualenv' : 'Created new virtualenv';
  if (!wantsPackages) return { comment, changes };
  const words = await missingPackages(plan, machine);
  if (typeof words === 'string') return { comment: words, changes, failed: true };
  return { comment, changes: { ...changes, packages: await installPackages(plan, words, machine) } };
}

async function creator(plan: Plan, host: ReadHost): Promise<readonly string[]> {
  const program = plan.venv_bin ?? 'virtualenv';
  const isPlain =
    program.endsWith('venv') || (plan.venv_bin === undefined && (await host.which(program)) === undefined);
  const shared = [
    ...(plan.clear ? ['--clear'] : []),
    ...(plan.system_site_packages ? ['--system-site-packages'] : []),
    ...(plan.prompt === undefined ? [] : [`--prompt=${plan.prompt}`]),
  ];
  // The module of Python itself makes environments for the Python that runs it.
  if (isPlain) return [plan.python ?? 'python3', '-m', 'venv', ...shared];
  const python = plan.python === undefined ? [] : [`--python=${plan.python}`];
  return [program, ...shared, ...python, ...(plan.extra_search_dir ?? []).map((one) => `--extra-search-dir=${one}`)];
}

async function installPackages(
  { place, options, context }: Plan,
  words: readonly string[],
  machine: Host,
): Promise<{ readonly new: readonly string[] | string; readonly old: readonly string[] | string }> {
  const before = await listInstalled(machine, place);
  const args = ['install', '--disable-pip-version-check', ...toPipOptions(options), ...words];
  await runPip(machine, args, { place, signal: context.signal });
  const after = await listInstalled(machine, place);
  const show = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] | string => {
    const rows = [...one].filter(([name, version]) => other.get(name) !== version);
    return rows.length === 0 ? '' : rows.map(([name, version]) => `${name}==${version}`);
  };
  return { new: show(after, before), old: show(before, after) };
}
