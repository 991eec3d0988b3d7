import { posix } from 'node:path';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { runAndTell } from '../run-program.ts';

const module = lineText()
  .refine((value) => /^\w+(::\w+)*$/.test(value), 'must be the name of a Perl module')
  .describe('Name of the Perl module.');

/** What CPAN says, whatever status it ends with. */
async function cpan(context: FunctionContext, ...words: readonly string[]): Promise<readonly string[]> {
  return (await runAndTell(context, ['cpan', ...words], { ignoresStatus: true })).split('\n');
}

export const list = defineFunction({
  name: 'cpan.list',
  summary: 'The Perl modules there are, with their versions.',
  args: z.object({}),
  examples: ["'*' cpan.list"],
  async run(_args, context) {
    const rows = (await cpan(context, '-l')).map((line) => line.trim().split(/\s+/)).filter((row) => row.length > 1);
    return Object.fromEntries(rows.map(([name = '', version = '']) => [name, version]));
  },
});

export const showConfig = defineFunction({
  name: 'cpan.show_config',
  summary: 'The configuration of CPAN.',
  args: z.object({}),
  examples: ["'*' cpan.show_config"],
  run: async (_args, context) => readConfig(context),
});

async function readConfig(context: FunctionContext): Promise<Record<string, string>> {
  const rows = (await cpan(context, '-J')).flatMap((line) => {
    const [name, value] = line.split('=>');
    return value === undefined ? [] : [[bare(name ?? ''), bare(value.replace(/,\s*$/, ''))] as const];
  });
  return Object.fromEntries(rows);
}

function bare(text: string): string {
  return text.replaceAll("'", '').trim();
}

interface Shown {
  readonly [name: string]: Plain;
  readonly name: string;
  readonly 'installed file': string | null;
  readonly 'installed version': string | null;
}

const unknown = 'This package does not seem to exist';

export const show = defineFunction({
  name: 'cpan.show',
  summary: 'What CPAN knows of a Perl module.',
  args: z.object({ module }),
  examples: ["'*' cpan.show Template::Alloy"],
  run: async (args, context) => (await readModule(context, args.module)) ?? { name: args.module, error: unknown },
});

async function readModule(context: FunctionContext, name: string): Promise<Shown | undefined> {
  const said = await cpan(context, '-D', name);
  const rows = said.slice(said.findIndex((line) => line.startsWith('-------------')) + 1);
  // Of a module that is not there it names no file.
  const lines = rows.length === 6 ? rows.toSpliced(2, 0, '') : rows;
  if (rows.length < 6 || rows.length === said.length) return undefined;
  const shown = describeModule(
    name,
    lines.map((line) => line.trim()),
  );
  const folder = (await readConfig(context))['build_dir'];
  const builds = folder === undefined ? undefined : await context.host.files.list(folder);
  if (folder === undefined || builds === undefined) return shown;
  const own = builds.filter((build) => build.startsWith(name.replaceAll('::', '-')));
  return { ...shown, 'cpan build dirs': own.map((build) => posix.join(folder, build)) };
}

function describeModule(name: string, lines: readonly string[]): Shown {
  const [description = '', file = '', installed = '', version = '', offered = '', author = '', mail = ''] = lines;
  return {
    name,
    description,
    'cpan file': file,
    'installed file': installed || null,
    'installed version': (version.includes(':') ? after(version) : '') || null,
    'cpan version': after(offered).split(/\s+/)[0] ?? '',
    'author name': author,
    'author email': mail,
  };
}

function after(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}

export const install = defineFunction({
  name: 'cpan.install',
  summary: 'Installs a Perl module; answers its version before and after.',
  args: z.object({ module }),
  examples: ["'*' cpan.install Template::Alloy"],
  async run(args, context) {
    const before = await readModule(context, args.module);
    const said = await cpan(context, '-i', args.module);
    if (said.some((line) => line.includes("don't know what it is")))
      return { old: null, new: null, error: 'CPAN cannot identify this package' };
    const now = await readModule(context, args.module);
    return { old: before?.['installed version'] ?? null, new: now?.['installed version'] ?? null };
  },
});

export const remove = defineFunction({
  name: 'cpan.remove',
  summary: 'Removes the files of a Perl module that CPAN built here; CPAN itself removes nothing.',
  args: z.object({ module, details: withDefault(flag(), false).describe('Also tell which files.') }),
  examples: ["'*' cpan.remove Old::Package"],
  async run(args, context) {
    const shown = await readModule(context, args.module);
    if (shown === undefined) return { error: unknown };
    const { 'installed version': old, 'installed file': file, 'cpan build dirs': builds } = shown;
    if (old === null || file === null) return { old: null, new: null };
    if (!Array.isArray(builds)) return { error: 'No CPAN data available to use for uninstalling' };
    const library = file.slice(0, -`${args.module.replaceAll('::', '/')}.pm`.length);
    const removed: Record<string, string> = {};
    for (const build of builds.filter((name) => typeof name === 'string'))
      for (const path of await filesOf(context, build, library)) removed[path] = await removeFile(context, path);
    return { old, new: null, ...(args.details ? { details: removed } : {}) };
  },
});

async function filesOf({ host }: FunctionContext, build: string, library: string): Promise<readonly string[]> {
  const manifest = Buffer.from((await host.files.read(posix.join(build, 'MANIFEST'))) ?? '').toString('utf8');
  const names = manifest.split('\n').map((line) => line.trim().split(/\s/)[0] ?? '');
  const own = names.filter((name) => name.startsWith('lib/') && !name.split('/').includes('..'));
  return own.map((name) => posix.join(library, name.slice('lib/'.length)));
}

async function removeFile({ host }: FunctionContext, path: string): Promise<string> {
  if ((await host.files.stat(path)) === undefined) return 'unable to remove';
  await host.files.remove(path);
  return 'removed';
}
