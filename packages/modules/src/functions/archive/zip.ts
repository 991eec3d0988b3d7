import { posix } from 'node:path';
import { z } from 'zod';
import { commaList, either, flag, lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import type { CommandResult } from '../../kit/host.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { withPlainZip } from '../../providers/archives/plain-zip.ts';
import { failure } from '../failure.ts';
import { listZip, type ArchiveMember } from './members.ts';
import { pathTemplate, renderPaths } from './rendered-paths.ts';
import { trimList, trimming } from './trim.ts';

export const zip = defineFunction({
  name: 'archive.zip',
  summary: 'Packs files and folders into a zip archive and answers their names in it.',
  args: z.object({
    zip_file: text().describe('Path of the archive.'),
    sources: either(commaList(), textList()).describe('What to pack: a list, or one text with commas.'),
    template: pathTemplate,
    cwd: optional(text()).describe('The folder relative sources lie in.'),
    runas: optional(text()).describe('The user to run as.'),
    zip64: withDefault(flag(), false).describe('Accepted for Salt; archives are as large as need be.'),
  }),
  examples: ["'*' archive.zip /tmp/zipfile.zip /tmp/sourcefile1,/tmp/sourcefile2"],
  async run({ zip_file: archiveName, sources: given, template, cwd, runas }, context) {
    const [archive = '', ...sources] = await renderPaths(template, [archiveName, ...given], context);
    if (cwd !== undefined && !posix.isAbsolute(cwd)) throw failure('cwd must be absolute');
    if (cwd === undefined && sources.some((source) => !posix.isAbsolute(source))) {
      throw failure("Relative paths require the 'cwd' parameter");
    }
    await requireProgram(context, 'zip');
    const names = sources.map((source) => (cwd === undefined ? source.replace(/^\//, '') : source));
    const result = await context.host.run({
      command: ['zip', '--quiet', '--recurse-paths', '--symlinks', archive, ...names],
      workingDirectory: cwd ?? '/',
      signal: context.signal,
      ...(runas === undefined ? {} : { user: runas }),
    });
    if (result.exitCode !== 0)
      throw failure(`Exception encountered creating zipfile: ${result.stdout}${result.stderr}`);
    const known = await context.host.inspect({ command: ['unzip', '-Z1', archive], signal: context.signal });
    return known.stdout.split('\n').filter((name) => name !== '');
  },
});

export const unzip = defineFunction({
  name: 'archive.unzip',
  summary: 'Unpacks a zip archive and answers the names in it.',
  args: z.object({
    zip_file: text().describe('Path of the archive.'),
    dest: text().describe('Where to unpack.'),
    excludes: withDefault(either(commaList(), textList()), []).describe('Names to leave out.'),
    options: optional(text()).describe('Options of unzip, e.g. `-j`.'),
    template: pathTemplate,
    runas: optional(text()).describe('The user to run as.'),
    trim_output: withDefault(trimming(), 0).describe('How many names to tell; true means 100.'),
    password: secret(optional(lineText())).describe('Password of the archive.'),
    extract_perms: withDefault(flag(), true).describe(
      'Give files the modes that they have in the archive, rather than those of new ones.',
    ),
  }),
  examples: ["'*' archive.unzip /tmp/zipfile.zip /home/strongbad/ excludes=file_1,file_2"],
  async run({ excludes, options, runas, extract_perms: keepsModes, ...args }, context) {
    const { trim_output: count, password } = args;
    const [archive = '', dest = ''] = await renderPaths(args.template, [args.zip_file, args.dest], context);
    await requireProgram(context, 'unzip');
    const members = await listZip(context, archive);
    const escape = members.find(({ path }) => posix.isAbsolute(path) || path.split('/').includes('..'));
    if (escape !== undefined) throw failure(`${archive} holds '${escape.path}', which would leave ${dest}`);
    const extra = options === undefined ? [] : options.split(/\s+/);
    const leftOut = excludes.length === 0 ? [] : ['-x', ...excludes];
    const work = (path: string): Promise<CommandResult> =>
      context.host.run({
        command: ['unzip', '-q', '-o', ...extra, path, '-d', dest, ...leftOut],
        signal: context.signal,
        ...(runas === undefined ? {} : { user: runas }),
      });
    const result = await withPlainZip(context.host, { path: archive, password, user: runas }, work, context.signal);
    if (result.exitCode > 1) throw failure(`Exception encountered unpacking zipfile: ${result.stderr}`);
    if (!keepsModes) await giveUsualModes(context, dest, { members, excludes });
    const inArchive = await context.host.inspect({ command: ['unzip', '-Z1', archive], signal: context.signal });
    const names = inArchive.stdout.split('\n').filter((name) => name !== '' && !excludes.includes(name));
    return trimList(names, count);
  },
});

async function giveUsualModes(
  { host }: FunctionContext,
  dest: string,
  { members, excludes }: { readonly members: readonly ArchiveMember[]; readonly excludes: readonly string[] },
): Promise<void> {
  const modes = { file: 0o644, directory: 0o755 };
  for (const { path, kind } of members.filter((member) => !excludes.includes(member.path))) {
    const target = posix.join(dest, path);
    const isThere = (await host.files.stat(target))?.kind === kind;
    if (kind !== 'link' && isThere) await host.files.setAttributes(target, { mode: modes[kind] });
  }
}

async function requireProgram({ host }: FunctionContext, program: string): Promise<void> {
  if ((await host.which(program)) === undefined) {
    throw failure(`archive.${program} needs the program ${program}; install the package ${program}.`);
  }
}
