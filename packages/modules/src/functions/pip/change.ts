import { posix } from 'node:path';
import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import {
  faultOfPipOptions,
  furtherPipOptionArguments,
  pipOptionArguments,
  toPipOptions,
} from '../../providers/python/pip-arguments.ts';
import { failure } from '../failure.ts';
import { chooseSaltenv, saltenvArgument } from '../saltenv.ts';
import { withScratchFile } from '../scratch-file.ts';
import { environmentOfPip, place, runPip, type Given } from './ask-pip.ts';

const requirements = optional(commaList()).describe('Files of requirements: paths, or `salt://…`.');
const useVt = withDefault(flag(), false).describe('Accepted for compatibility: output is told at the end.');

export const install = defineFunction({
  name: 'pip.install',
  ignoresOthers: true,
  summary: 'Installs packages and answers how pip ended.',
  args: z.object(
    inOrder(
      {
        pkgs: optional(textList()).describe('Packages, with versions where wanted.'),
        requirements,
        bin_env: place.bin_env,
        ...pipOptionArguments,
        user: place.user,
        cwd: place.cwd,
        ...furtherPipOptionArguments,
        saltenv: saltenvArgument,
        ...environmentOfPip,
        use_vt: useVt,
      },
      'pkgs requirements bin_env use_wheel no_use_wheel log proxy timeout editable find_links index_url extra_index_url no_index mirrors build target download download_cache source upgrade force_reinstall ignore_installed exists_action no_deps no_install no_download global_options install_options user cwd pre_releases cert allow_all_external allow_external allow_unverified process_dependency_links saltenv env_vars use_vt trusted_host no_cache_dir extra_args cache_dir no_binary disable_version_check',
    ),
  ),
  examples: [
    "'*' pip.install <package name>,<package2 name>",
    "'*' pip.install requirements=/path/to/requirements.txt",
    "'*' pip.install <package name> bin_env=/path/to/virtualenv no_binary=:all: cache_dir=/var/cache/pip",
  ],
  async run(args, context): Promise<Plain> {
    const fault = faultOfPipOptions(args);
    if (fault !== undefined) throw failure(fault);
    const packages = packagesOf(args.pkgs);
    const { editable = [], requirements: files = [] } = args;
    if (packages.length === 0 && files.length === 0 && editable.length === 0)
      return { retcode: 0, stdout: 'No packages to install.' };
    const options = [...toPipOptions(args), ...editable.map((one) => `--editable=${one}`)];
    return withRequirements({ files, ...args }, context, (words) =>
      act(context, args, ['install', ...words, ...options, '--', ...packages]),
    );
  },
});

export const uninstall = defineFunction({
  name: 'pip.uninstall',
  summary: 'Removes packages and answers how pip ended.',
  args: z.object({
    pkgs: optional(textList()).describe('Packages.'),
    requirements,
    bin_env: place.bin_env,
    log: optional(lineText()).describe('File that pip writes a full record to.'),
    proxy: optional(text()).describe('Proxy, as user:password@host:port; false for none.'),
    timeout: optional(text()).describe('Seconds after which a connection has failed.'),
    user: place.user,
    cwd: place.cwd,
    saltenv: saltenvArgument,
    use_vt: useVt,
  }),
  examples: ["'*' pip.uninstall <package name>,<package2 name>"],
  async run(args, context): Promise<Plain> {
    const { log, proxy, timeout, requirements: files = [] } = args;
    const options = { log, proxy, timeout };
    const fault = faultOfPipOptions(options);
    if (fault !== undefined) throw failure(fault);
    const packages = packagesOf(args.pkgs);
    if (packages.length === 0 && files.length === 0) throw failure('pip.uninstall needs the names of packages.');
    return withRequirements({ files, ...args }, context, (words) =>
      act(context, args, ['uninstall', '-y', ...words, ...toPipOptions(options), '--', ...packages]),
    );
  },
});

function packagesOf(given: readonly string[] | undefined): readonly string[] {
  const packages = (given ?? []).flatMap((one) => one.split(/,(?![^[]*\])/)).map((one) => one.trim());
  const bad = packages.find((one) => one.startsWith('-') || /[\n\0]/.test(one));
  if (bad !== undefined) throw failure(`${pythonStr(bad)} cannot be the name of a package.`);
  return packages.filter((one) => one !== '');
}

interface Wanted {
  readonly files: readonly string[];
  readonly user: string | undefined;
  readonly saltenv: string | undefined;
}

/** Names files of requirements for pip; what the file server has is fetched, and lent to the user who runs it. */
async function withRequirements(
  { files, user, saltenv }: Wanted,
  context: FunctionContext,
  use: (words: readonly string[]) => Promise<Plain>,
): Promise<Plain> {
  const [first, ...others] = files;
  if (first === undefined) return use([]);
  const andRest = (path: string): Promise<Plain> =>
    withRequirements({ files: others, user, saltenv }, context, (words) => use([`--requirement=${path}`, ...words]));
  if (!first.startsWith('salt://')) return andRest(first);
  const fetched = await context.fileServer.fetch(first, chooseSaltenv(saltenv, context));
  if (fetched === undefined) return { result: false, comment: `pip requirements file '${first}' not found` };
  const content = user === undefined ? undefined : await context.host.files.read(fetched.path);
  if (content === undefined) return andRest(fetched.path);
  return withScratchFile({ content, extension: posix.extname(fetched.path), runas: user }, context, andRest);
}

async function act(context: FunctionContext, given: Given, args: readonly string[]): Promise<Plain> {
  const { pid, exitCode, stdout, stderr } = await runPip(context, given, args);
  if (exitCode !== 0) context.setRetcode(exitCode);
  return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
