import { compareTexts, type Plain } from '@brine/common';
import { z } from 'zod';
import { textList, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import type { PackageManager } from '../../providers/packages/package-manager.ts';
import { askRpm } from '../../providers/packages/rpm/rpm-database.ts';
import { failure } from '../failure.ts';
import { complaint } from '../run-program.ts';
import { belowRoot, rpmRoot } from './rpm-root.ts';
import { chooseSaltenv } from '../saltenv.ts';

/** Names of packages, as a call gives them one after another. */
export const packageNames = textList()
  .refine((names) => names.every((name) => /^[^-\0\n][^\0\n]*$/.test(name)), 'must be names of packages')
  .describe('Names of packages, of dpkg patterns too.');

const rpmManagers: ReadonlySet<string> = new Set(['dnf', 'yum', 'zypper']);

/** The manager of a machine's packages, and whether it keeps them by dpkg or by rpm. Throws for others. */
export async function chooseDatabase({ host, grains }: Pick<FunctionContext, 'host' | 'grains'>): Promise<{
  readonly manager: PackageManager;
  readonly kind: 'dpkg' | 'rpm';
}> {
  const manager = await choosePackageManager(host, grains);
  if (manager.name === 'apt') return { manager, kind: 'dpkg' };
  if (rpmManagers.has(manager.name)) return { manager, kind: 'rpm' };
  throw failure(`lowpkg.* knows dpkg and rpm, and not the packages of ${manager.name}.`);
}

/** The installed packages of some names, of all without: what the database calls each, and its version; or a complaint. */
async function installed(
  kind: 'dpkg' | 'rpm',
  names: readonly string[],
  context: FunctionContext,
): Promise<ReadonlyMap<string, string> | string> {
  const { host } = context;
  if (kind === 'rpm') {
    const { stdout } = await askRpm(host, [
      names.length === 0 ? '-qa' : '-q',
      ...format('%{NAME}\\t%{VERSION}\\n'),
      ...names,
    ]);
    return new Map(rowsOf(stdout).map(([name = '', version = '']) => [name, version]));
  }
  const command = ['dpkg-query', '-f=${db:Status-Status}\\t${binary:Package}\\t${Version}\\n', '-W', '--', ...names];
  const result = await host.inspect({
    command,
    signal: context.signal,
    timeout: 120_000,
    outputLimit: 64 * 1024 * 1024,
  });
  // As in Salt it is an answer; that of a shell that was told why.
  if (result.exitCode !== 0) return `Error:  ${complaint(result)}`;
  const rows = rowsOf(result.stdout).filter(([status]) => status === 'installed');
  return new Map(rows.map(([, name = '', version = '']) => [name, version]));
}

function format(text: string): readonly string[] {
  return ['--queryformat', text];
}

function rowsOf(told: string): readonly (readonly string[])[] {
  return told
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => line.split('\t'));
}

export const listPkgs = defineFunction({
  name: 'lowpkg.list_pkgs',
  ignoresOthers: true,
  summary: 'The installed packages and their versions, as dpkg or rpm has them; without names of all.',
  args: z.object({ packages: packageNames, root: rpmRoot }),
  variadic: 'packages',
  examples: ["'*' lowpkg.list_pkgs", "'*' lowpkg.list_pkgs hostname mount"],
  async run({ packages, root }, context): Promise<Plain> {
    const { kind } = await chooseDatabase(context);
    const found = await installed(kind, packages, belowRoot(context, root));
    return typeof found === 'string' ? found : Object.fromEntries(found);
  },
});

async function filesByPackage(
  context: FunctionContext,
  names: readonly string[],
): Promise<readonly (readonly [string, readonly string[]])[] | string> {
  const { manager, kind } = await chooseDatabase(context);
  const found = await installed(kind, names, context);
  if (typeof found === 'string') return found;
  const rows: (readonly [string, readonly string[]])[] = [];
  for (const name of found.keys()) rows.push([name, (await manager.files(context.host, name)) ?? []]);
  return rows;
}

export const fileList = defineFunction({
  name: 'lowpkg.file_list',
  ignoresOthers: true,
  summary: 'The files of installed packages, of all without names.',
  args: z.object({ packages: packageNames, root: rpmRoot }),
  variadic: 'packages',
  examples: ["'*' lowpkg.file_list hostname", "'*' lowpkg.file_list hostname mount"],
  async run({ packages, root }, context): Promise<Plain> {
    const found = await filesByPackage(belowRoot(context, root), packages);
    if (typeof found === 'string') return found;
    return { errors: [], files: [...new Set(found.flatMap(([, files]) => files))].toSorted(compareTexts) };
  },
});

export const fileDict = defineFunction({
  name: 'lowpkg.file_dict',
  ignoresOthers: true,
  summary: 'The files of installed packages by package, of all without names.',
  args: z.object({ packages: packageNames, root: rpmRoot }),
  variadic: 'packages',
  examples: ["'*' lowpkg.file_dict hostname", "'*' lowpkg.file_dict hostname mount"],
  async run({ packages, root }, context): Promise<Plain> {
    const found = await filesByPackage(belowRoot(context, root), packages);
    return typeof found === 'string' ? found : { errors: [], packages: Object.fromEntries(found) };
  },
});

export const binPkgInfo = defineFunction({
  name: 'lowpkg.bin_pkg_info',
  summary: 'Name, version and architecture of a package file.',
  args: z.object({
    path: text().describe('The file: a path on this minion, or an address such as `salt://…`.'),
    saltenv: withDefault(text(), 'base').describe('The environment of an address.'),
  }),
  examples: ["'*' lowpkg.bin_pkg_info /root/foo-1.2.3-1ubuntu1_all.deb"],
  async run({ path, saltenv }, context): Promise<Plain> {
    const { kind } = await chooseDatabase(context);
    const file = await locate(path, saltenv, context);
    const { name, version, arch } = await readPackageFile(kind, file, context);
    const own = context.grains.get('osarch');
    const isForeign = kind === 'dpkg' && arch !== 'all' && own === 'amd64' && arch !== own;
    return { name: isForeign ? `${name}:${arch}` : name, version, arch };
  },
});

async function readPackageFile(
  kind: 'dpkg' | 'rpm',
  file: string,
  { host, signal }: FunctionContext,
): Promise<{ readonly name: string; readonly version: string; readonly arch: string }> {
  const command =
    kind === 'dpkg'
      ? ['dpkg-deb', '--show', '--showformat=${Package}\\t${Version}\\t${Architecture}', file]
      : ['rpm', '-qp', ...format('%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}'), file];
  const result = await host.inspect({ command, signal });
  const [name = '', version = '', arch = ''] = result.stdout.split('\n')[0]?.split('\t') ?? [];
  if (result.exitCode !== 0 || arch === '') throw failure(`Unable to get info for ${file}: ${complaint(result)}`);
  return { name, version, arch };
}

async function locate(path: string, saltenv: string, context: FunctionContext): Promise<string> {
  if (/^(salt|https?|ftp):\/\//.test(path)) {
    const fetched = await context.fileServer.fetch(path, chooseSaltenv(saltenv, context));
    if (fetched !== undefined) return fetched.path;
    throw failure(`Unable to retrieve ${path} from saltenv '${saltenv}'`);
  }
  const isThere = path.startsWith('/') && (await context.host.files.stat(path)) !== undefined;
  if (!isThere) throw failure(`${path} does not exist on minion`);
  return path;
}
