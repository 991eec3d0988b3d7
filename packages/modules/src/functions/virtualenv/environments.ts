import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const venv = safeName('a path').describe('Folder of the environment.');
const user = optional(safeName('the name of an account')).describe('Account to run as.');

export const virtualenvVer = defineFunction({
  name: 'virtualenv.virtualenv_ver',
  summary: 'The version of virtualenv, as a list of numbers.',
  args: z.object({ venv_bin: safeName('a program').describe('The program.'), user }),
  examples: ["'*' virtualenv.virtualenv_ver virtualenv"],
  async run({ venv_bin: program, user: account }, context) {
    const command = [program, '--version'];
    const as = account === undefined ? {} : { user: account };
    const result = await runProgram(context, command, { timeout: 60_000, mergeStderr: true, ...as });
    const version = /(?:^|\s)(\d+(?:\.\d+)+)/.exec(result.stdout)?.[1];
    if (result.exitCode !== 0 || version === undefined)
      throw failure(`Unable to get the virtualenv version output using '${command.join(' ')}': ${complaint(result)}`);
    return version.split('.').map(Number);
  },
});

export const create = defineFunction({
  name: 'virtualenv.create',
  ignoresOthers: true,
  summary: 'Makes a virtual environment and answers how that ended.',
  args: z.object({
    path: venv,
    venv_bin: optional(safeName('a program')).describe('The program; `venv_bin` of the configuration unless given.'),
    system_site_packages: withDefault(flag(), false).describe('Let it see the packages of the system.'),
    distribute: withDefault(flag(), false).describe('Accepted for Salt: programs of today have no such thing.'),
    clear: withDefault(flag(), false).describe('Begin anew.'),
    python: optional(safeName('a program')).describe('The Python to use.'),
    extra_search_dir: optional(commaList()).describe('Folders with packages to begin with.'),
    never_download: optional(flag()).describe('Take nothing from the network.'),
    prompt: optional(lineText()).describe('What its prompt begins with.'),
    pip: withDefault(flag(), false).describe('Accepted for Salt: pip is always there.'),
    symlinks: optional(flag()).describe('Link the programs instead of copying them.'),
    upgrade: optional(flag()).describe('Bring it to another Python.'),
    user,
  }),
  examples: ["'*' virtualenv.create /path/to/new/virtualenv"],
  async run(args, context): Promise<Plain> {
    const configured = [context.options.get('venv_bin'), context.pillar.get('venv_bin'), 'virtualenv'];
    const program = args.venv_bin ?? String(configured.find((each) => typeof each === 'string') as string);
    const isModule = /pyvenv|venv$/.test(program);
    const refused = (option: string): never => {
      throw failure(`The \`${option}\`(\`--${option}\`) option is not supported by '${program}'`);
    };
    if (!isModule && args.upgrade !== undefined) refused('upgrade');
    if (!isModule && args.symlinks !== undefined) refused('symlinks');
    if (args.python !== undefined && (await context.host.which(args.python)) === undefined)
      throw failure(`Cannot find requested python (${args.python}).`);
    const as = args.user === undefined ? {} : { user: args.user };
    const result = await runProgram(context, [program, ...words(args), args.path], { timeout: 3_600_000, ...as });
    if (result.exitCode !== 0) context.setRetcode(result.exitCode);
    const { pid, exitCode, stdout, stderr } = result;
    return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  },
});

interface Wish {
  readonly python: string | undefined;
  readonly extra_search_dir: readonly string[] | undefined;
  readonly never_download: boolean | undefined;
  readonly prompt: string | undefined;
  readonly upgrade: boolean | undefined;
  readonly symlinks: boolean | undefined;
  readonly clear: boolean;
  readonly system_site_packages: boolean;
}

function words(wish: Wish): readonly string[] {
  const option = (word: string, isWanted: boolean | undefined): readonly string[] => (isWanted === true ? [word] : []);
  return [
    ...(wish.python === undefined ? [] : [`--python=${wish.python}`]),
    ...(wish.extra_search_dir ?? []).map((folder) => `--extra-search-dir=${folder}`),
    ...option('--never-download', wish.never_download),
    ...(wish.prompt === undefined ? [] : [`--prompt=${wish.prompt}`]),
    ...option('--upgrade', wish.upgrade),
    ...option('--symlinks', wish.symlinks),
    ...option('--clear', wish.clear),
    ...option('--system-site-packages', wish.system_site_packages),
  ];
}

export const getSitePackages = defineFunction({
  name: 'virtualenv.get_site_packages',
  summary: 'The folder of the packages of an environment.',
  args: z.object({ venv }),
  examples: ["'*' virtualenv.get_site_packages /path/to/my/venv"],
  run: ({ venv: folder }, context) => ask(context, folder, 'import sysconfig; print(sysconfig.get_path("purelib"))'),
});

const module = text()
  .refine((value) => /^[\w.-]+$/.test(value), 'must be a name')
  .describe('Name of the package.');

export const getDistributionPath = defineFunction({
  name: 'virtualenv.get_distribution_path',
  summary: 'The folder a package of an environment is in.',
  args: z.object({ venv, distribution: module }),
  examples: ["'*' virtualenv.get_distribution_path /path/to/my/venv my_distribution"],
  run: ({ venv: folder, distribution }, context) =>
    ask(
      context,
      folder,
      'import sys; from importlib import metadata; print(metadata.distribution(sys.argv[1]).locate_file(""))',
      [distribution],
    ),
});

const resource = text()
  .refine((value) => !/[\n\0]/.test(value), 'must be a path')
  .describe('Path of a file within the package.');
const locate =
  'import importlib.util, os, sys; print(os.path.join(os.path.dirname(importlib.util.find_spec(sys.argv[1]).origin), sys.argv[2]))';

export const getResourcePath = defineFunction({
  name: 'virtualenv.get_resource_path',
  summary: 'The path of a file of a package of an environment.',
  args: z.object({ venv, package: module, resource }),
  examples: ["'*' virtualenv.get_resource_path /path/to/my/venv my_package my/resource.xml"],
  run: ({ venv: folder, package: name, resource: file }, context) => ask(context, folder, locate, [name, file]),
});

export const getResourceContent = defineFunction({
  name: 'virtualenv.get_resource_content',
  summary: 'The contents of a file of a package of an environment.',
  args: z.object({ venv, package: module, resource }),
  examples: ["'*' virtualenv.get_resource_content /path/to/my/venv my_package my/resource.xml"],
  async run({ venv: folder, package: name, resource: file }, context) {
    const path = await ask(context, folder, locate, [name, file]);
    const content = await context.host.files.read(path);
    if (content === undefined) throw failure(`${path} does not exist`);
    return Buffer.from(content).toString('utf8').trimEnd();
  },
});

async function ask(
  context: FunctionContext,
  folder: string,
  code: string,
  args: readonly string[] = [],
): Promise<string> {
  const python = `${folder}/bin/python`;
  if ((await context.host.files.stat(python, { follow: true })) === undefined)
    throw failure(`Path '${folder}' does not appear to be a virtualenv: bin/python not found.`);
  const command = [python, '-c', code, ...args];
  const result = await context.host.inspect({ command, signal: context.signal, timeout: 60_000 });
  if (result.exitCode !== 0) throw failure(`${result.stdout}\n${result.stderr}`.trim());
  return result.stdout.trimEnd();
}
