import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { ask, installed, place, readRows, runPip, type Given } from './ask-pip.ts';

export const version = defineFunction({
  name: 'pip.version',
  summary: 'The version of pip.',
  args: z.object({ bin_env: place.bin_env, cwd: place.cwd, user: place.user }),
  examples: ["'*' pip.version"],
  run: async (args, context) => /^pip (\S+)/.exec(await ask(context, args, ['--version']))?.[1] ?? null,
});

export const list = defineFunction({
  name: 'pip.list',
  ignoresOthers: true,
  summary: 'The packages pip knows to be installed: name → version.',
  args: z.object({ prefix: optional(text()).describe('Only names that start so.'), ...place }),
  examples: ["'*' pip.list salt"],
  run: async (args, context) => Object.fromEntries(await installed(context, args, args.prefix)),
});

export const freeze = defineFunction({
  name: 'pip.freeze',
  ignoresOthers: true,
  summary: 'What `pip freeze` prints, as a list of lines.',
  args: z.object({ ...place, use_vt: withDefault(flag(), false).describe('Accepted for Salt.') }),
  examples: ["'*' pip.freeze bin_env=/home/code/path/to/virtualenv/"],
  run: async (args, context) => (await ask(context, args, ['freeze'])).split('\n').filter((line) => line !== ''),
});

export const isInstalled = defineFunction({
  name: 'pip.is_installed',
  summary: 'Whether a package is installed.',
  args: z.object({ pkgname: lineText().describe('Name of the package.'), ...place }),
  examples: ["'*' pip.is_installed salt"],
  run: async (args, context) =>
    (await installed(context, args, args.pkgname)).some(([name]) => name.toLowerCase() === args.pkgname.toLowerCase()),
});

export const listUpgrades = defineFunction({
  name: 'pip.list_upgrades',
  summary: 'The packages that have a newer version: name → that version.',
  args: z.object(place),
  examples: ["'*' pip.list_upgrades"],
  async run(args, context) {
    const rows = readRows(await ask(context, args, ['list', '--outdated', '--format=json']));
    return Object.fromEntries(rows.map((row) => [row.name, row.latest_version ?? '']));
  },
});

export const upgradeAvailable = defineFunction({
  name: 'pip.upgrade_available',
  summary: 'Whether a package has a newer version.',
  args: z.object({ pkg: lineText().describe('Name of the package.'), ...place }),
  examples: ["'*' pip.upgrade_available <package name>"],
  async run(args, context) {
    const rows = readRows(await ask(context, args, ['list', '--outdated', '--format=json']));
    return rows.some((row) => row.name === args.pkg);
  },
});

const names = textList();

export const install = defineFunction({
  name: 'pip.install',
  summary: 'Installs packages and answers how pip ended.',
  args: z.object({
    pkgs: optional(names).describe('Packages, with versions where wanted.'),
    requirements: optional(lineText()).describe('Path of a file of requirements.'),
    bin_env: place.bin_env,
    index_url: optional(lineText()).describe('The index to take them from.'),
    extra_index_url: optional(lineText()).describe('A further index.'),
    no_index: withDefault(flag(), false).describe('Ask no index.'),
    find_links: optional(lineText()).describe('Where files of packages are.'),
    no_deps: withDefault(flag(), false).describe('Leave out what they depend on.'),
    upgrade: withDefault(flag(), false).describe('Bring newer versions.'),
    force_reinstall: withDefault(flag(), false).describe('Install anew what is installed.'),
    pre_releases: withDefault(flag(), false).describe('Take versions that are not released.'),
    editable: optional(lineText()).describe('A project to install so that changes to it count.'),
    target: optional(lineText()).describe('The folder to install in.'),
    proxy: optional(lineText()).describe('A proxy, as user:password@host:port.'),
    timeout: optional(lineText()).describe('Seconds to wait for a server.'),
    user: place.user,
    cwd: place.cwd,
  }),
  examples: [
    "'*' pip.install <package name>,<package2 name>",
    "'*' pip.install requirements=/path/to/requirements.txt",
  ],
  async run(args, context) {
    const option = (name: string, value: string | undefined): readonly string[] =>
      value === undefined ? [] : [`--${name}=${value}`];
    const switches = [
      ...(args.no_index ? ['--no-index'] : []),
      ...(args.no_deps ? ['--no-deps'] : []),
      ...(args.upgrade ? ['--upgrade'] : []),
      ...(args.force_reinstall ? ['--force-reinstall'] : []),
      ...(args.pre_releases ? ['--pre'] : []),
    ];
    const options = [
      ...option('index-url', args.index_url),
      ...option('extra-index-url', args.extra_index_url),
      ...option('find-links', args.find_links),
      ...option('target', args.target),
      ...option('proxy', args.proxy),
      ...option('timeout', args.timeout),
      ...option('requirement', args.requirements),
      ...option('editable', args.editable),
    ];
    const packages = packagesOf(args.pkgs);
    if (packages.length === 0 && args.requirements === undefined && args.editable === undefined)
      throw failure('pip.install needs the names of packages.');
    return act(context, args, ['install', ...switches, ...options, '--', ...packages]);
  },
});

export const uninstall = defineFunction({
  name: 'pip.uninstall',
  summary: 'Removes packages and answers how pip ended.',
  args: z.object({
    pkgs: optional(names).describe('Packages.'),
    requirements: optional(lineText()).describe('Path of a file of requirements.'),
    bin_env: place.bin_env,
    user: place.user,
    cwd: place.cwd,
  }),
  examples: ["'*' pip.uninstall <package name>,<package2 name>"],
  run(args, context) {
    const file = args.requirements === undefined ? [] : [`--requirement=${args.requirements}`];
    const packages = packagesOf(args.pkgs);
    if (packages.length === 0 && file.length === 0) throw failure('pip.uninstall needs the names of packages.');
    return act(context, args, ['uninstall', '-y', ...file, '--', ...packages]);
  },
});

function packagesOf(given: readonly string[] | undefined): readonly string[] {
  const packages = (given ?? []).flatMap((one) => one.split(/,(?![^[]*\])/)).map((one) => one.trim());
  const bad = packages.find((one) => one.startsWith('-') || /[\n\0]/.test(one));
  if (bad !== undefined) throw failure(`${pythonStr(bad)} cannot be the name of a package.`);
  return packages.filter((one) => one !== '');
}

async function act(context: FunctionContext, given: Given, args: readonly string[]): Promise<Plain> {
  const { pid, exitCode, stdout, stderr } = await runPip(context, given, args);
  if (exitCode !== 0) context.setRetcode(exitCode);
  return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
