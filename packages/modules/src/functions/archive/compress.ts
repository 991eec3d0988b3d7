import { isAppError } from '@brine/common';
import { z } from 'zod';
import { commaList, either, flag, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isZipEncrypted } from '../../providers/archives/decrypt-zip.ts';
import { failure } from '../failure.ts';
import { runAndTellLines, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { splitWords } from '../split-words.ts';
import { pathTemplate, renderPaths } from './rendered-paths.ts';
import { trimList, trimming } from './trim.ts';

const shared = {
  template: pathTemplate,
  runas: optional(safeName('the name of an account')).describe('Account to run as.'),
};
const options = optional(text()).describe('Options of the program.');
const path = safeName('a path');
const sources = either(commaList(), textList()).describe('What to pack: a list, or one text with commas.');
const cwd = optional(path).describe('The folder relative sources lie in.');
const excludes = withDefault(either(commaList(), textList()), []).describe('Names to leave out.');
const trims = withDefault(trimming(), 0).describe('How many lines to tell; true means 100.');

export const gzip = singleFile(
  'gzip',
  'sourcefile',
  'Compresses a file by gzip; answers what it says.',
  '/tmp/big.log',
);
export const gunzip = singleFile(
  'gunzip',
  'gzipfile',
  'Unpacks a file by gunzip; answers what it says.',
  '/tmp/big.gz',
);

function singleFile(program: string, member: string, summary: string, sample: string) {
  return defineFunction({
    name: `archive.${program}`,
    summary,
    args: z.object({ [member]: path.describe('Path of the file.'), ...shared, options }),
    examples: [`'*' archive.${program} ${sample}`, `'*' archive.${program} ${sample} options='--keep'`],
    async run(args, context) {
      const given = args as { [name in 'options' | 'runas' | 'template']: string | undefined } & {
        readonly [member: string]: unknown;
      };
      const [file = ''] = await renderPaths(given.template, [String(given[member])], context);
      return runAndTellLines(
        context,
        [program, ...(given.options === undefined ? [] : splitWords(given.options)), file],
        place({ runas: given.runas }),
      );
    },
  });
}

export const cmdZip = defineFunction({
  name: 'archive.cmd_zip',
  summary: 'Packs files and folders by the program zip and answers what it says.',
  args: z.object({
    zip_file: path.describe('Path of the archive.'),
    sources,
    ...shared,
    cwd,
  }),
  examples: ["'*' archive.cmd_zip /tmp/zipfile.zip /tmp/sourcefile1,/tmp/sourcefile2"],
  run: (args, context) => packBy(context, ['zip', '-r'], { ...args, archive: args.zip_file }),
});

export const rar = defineFunction({
  name: 'archive.rar',
  summary: 'Packs files and folders by the program rar and answers what it says.',
  args: z.object({ rarfile: path.describe('Path of the archive.'), sources, ...shared, cwd }),
  examples: ["'*' archive.rar /tmp/rarfile.rar /tmp/sourcefile1,/tmp/sourcefile2"],
  run: (args, context) => packBy(context, ['rar', 'a', '-idp'], { ...args, archive: args.rarfile }),
});

export const cmdUnzip = defineFunction({
  name: 'archive.cmd_unzip',
  summary: 'Unpacks a zip archive by the program unzip and answers what it says.',
  args: z.object({
    zip_file: path.describe('Path of the archive.'),
    dest: path.describe('Where to unpack.'),
    excludes,
    options,
    ...shared,
    trim_output: trims,
    password: secret(optional(text())).describe('Password of the archive.'),
  }),
  examples: ["'*' archive.cmd_unzip /tmp/zipfile.zip /home/strongbad/ excludes=file_1,file_2"],
  async run(args, context) {
    const [archive = '', dest = ''] = await renderPaths(args.template, [args.zip_file, args.dest], context);
    const command = [
      'unzip',
      ...(args.password === undefined ? [] : ['-P', args.password]),
      ...(args.options === undefined ? [] : splitWords(args.options)),
      ...[archive, '-d', dest],
      ...(args.excludes.length === 0 ? [] : ['-x', ...args.excludes]),
    ];
    const result = await runProgram(context, command, { mergeStderr: true, timeout: 3_600_000, ...place(args) });
    if (result.exitCode !== 0) throw failure(result.stdout.trimEnd());
    return trimList(result.stdout.trimEnd().split('\n'), args.trim_output);
  },
});

export const unrar = defineFunction({
  name: 'archive.unrar',
  summary: 'Unpacks a rar archive and answers what the program says.',
  args: z.object({
    rarfile: path.describe('Path of the archive.'),
    dest: path.describe('Where to unpack.'),
    excludes,
    ...shared,
    trim_output: trims,
  }),
  examples: ["'*' archive.unrar /tmp/rarfile.rar /home/strongbad/ excludes=file_1,file_2"],
  async run(args, context) {
    const program = (await context.host.which('unrar')) === undefined ? 'rar' : 'unrar';
    const [archive = '', dest = ''] = await renderPaths(args.template, [args.rarfile, args.dest], context);
    const leftOut = args.excludes.flatMap((name) => ['-x', name]);
    const said = await runAndTellLines(context, [program, 'x', '-idp', archive, ...leftOut, dest], place(args));
    return trimList(said, args.trim_output);
  },
});

export const isEncrypted = defineFunction({
  name: 'archive.is_encrypted',
  summary: 'Whether a zip archive, which may be on the file server, needs a password.',
  args: z.object({
    name: text().describe('Path or address of the archive.'),
    clean: withDefault(flag(), false).describe('Remove the copy in the cache afterwards.'),
    saltenv: withDefault(text(), 'base').describe('The environment of `salt://`.'),
    source_hash: optional(text()).describe('The hash a remote archive has to have.'),
    use_etag: withDefault(flag(), false).describe('Accepted for Salt: servers are always asked so.'),
  }),
  examples: ["'*' archive.is_encrypted /path/to/myfile.zip", "'*' archive.is_encrypted salt://foo.zip clean=True"],
  async run({ name, clean, saltenv, source_hash: hash }, { call, host }) {
    const keyword = new Map([...(hash === undefined ? [] : [['source_hash', hash] as const])]);
    const cached = await call('cp.cache_file', [name, saltenv], keyword);
    if (typeof cached !== 'string' || cached === '') throw failure(`Failed to cache ${name}`);
    try {
      return await isZipEncrypted(host, cached);
    } catch (error) {
      if (!isAppError(error, 'state-failed')) throw error;
      throw failure(`${name} is not a ZIP file. Additional info follows:\n\narchive location:\n    ${cached}`, error);
    } finally {
      if (clean && cached !== name) await host.files.remove(cached);
    }
  },
});

interface Pack {
  readonly archive: string;
  readonly template: string | undefined;
  readonly sources: readonly string[];
  readonly cwd: string | undefined;
  readonly runas: string | undefined;
}

async function packBy(context: FunctionContext, command: readonly string[], given: Pack): Promise<readonly string[]> {
  const bad = given.sources.find((source) => source.startsWith('-'));
  if (bad !== undefined) throw failure(`${bad} cannot be the path of a file to pack.`);
  const where = given.cwd === undefined ? {} : { workingDirectory: given.cwd };
  const [archive = '', ...sources] = await renderPaths(given.template, [given.archive, ...given.sources], context);
  return runAndTellLines(context, [...command, archive, ...sources], { ...where, ...place(given) });
}

function place({ runas }: { readonly runas: string | undefined }): { readonly user?: string } {
  return runas === undefined ? {} : { user: runas };
}
