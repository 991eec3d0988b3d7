import { z } from 'zod';
import { commaList, either, flag, integer, oneOf, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { describeMembers, listTar, listZip, type ArchiveMember } from './members.ts';

/** Seconds that tar may take: it may have a whole disk to move. */
const tarLimit = 86_400;

export const tar = defineFunction({
  name: 'archive.tar',
  summary: 'Runs tar and answers the lines it writes.',
  args: z.object({
    options: text().describe('Options of tar, e.g. `czf`.'),
    tarfile: text().describe('Path of the archive.'),
    sources: withDefault(either(commaList(), textList()), []).describe(
      'What to pack: a list, or one text with commas.',
    ),
    dest: optional(text()).describe('Where to unpack.'),
    cwd: optional(text()).describe('The folder to run in.'),
    template: optional(text()).describe('Render the command first, e.g. `jinja`.'),
    runas: optional(text()).describe('The user to run as.'),
  }),
  examples: [
    "'*' archive.tar cjvf /tmp/tarfile.tar.bz2 /tmp/file_1,/tmp/file_2",
    "'*' archive.tar xf foo.tar dest=/target/directory",
  ],
  async run({ options, tarfile, sources, dest, cwd, template, runas }, context) {
    if (options.trim() === '') throw failure('Tar options can not be empty');
    const cmd = ['tar', ...options.split(/\s+/), tarfile, ...sources, ...(dest === undefined ? [] : ['-C', dest])];
    const keyword = new Map(
      Object.entries({ cwd, template, runas, timeout: tarLimit }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
    const output = await context.call('cmd.run', [cmd], keyword);
    return typeof output === 'string' && output !== '' ? output.split('\n') : [];
  },
});

export const list = defineFunction({
  name: 'archive.list',
  summary: 'What is in a tar or zip archive.',
  args: z.object({
    name: text().describe('Path or address of the archive.'),
    archive_format: optional(oneOf('tar', 'zip')).describe('tar or zip; the name tells unless given.'),
    options: optional(text()).describe('Accepted for Salt; tar finds the compression by itself.'),
    strip_components: optional(integer()).describe('How many folders to leave off the paths.'),
    clean: withDefault(flag(), false).describe('Accepted for Salt; cached copies are kept.'),
    verbose: withDefault(flag(), false).describe('Tell folders, files and links apart.'),
    saltenv: withDefault(text(), 'base').describe('The environment of `salt://`.'),
    source_hash: optional(text()).describe('The hash a remote archive has to have.'),
    use_etag: withDefault(flag(), false).describe('Accepted for Salt: servers are always asked so.'),
  }),
  examples: ["'*' archive.list /path/to/myfile.tar.gz", "'*' archive.list salt://foo.zip verbose=True"],
  async run(args, context) {
    const hash = args.source_hash;
    const keyword = new Map(hash === undefined ? [] : [['source_hash', hash] as const]);
    const path = await context.call('cp.cache_file', [args.name, args.saltenv], keyword);
    if (typeof path !== 'string') throw failure(`Failed to cache ${args.name}`);
    const format = args.archive_format ?? guessFormat(args.name);
    const members = await (format === 'zip' ? listZip(context, path) : listTar(context, path));
    return describeMembers(strip(members, args.strip_components ?? 0), args.verbose);
  },
});

function guessFormat(name: string): 'tar' | 'zip' {
  if (/\.(zip|war|jar)$/i.test(name)) return 'zip';
  if (/\.(tar(\.\w+)?|tgz|tbz2?|txz|tlz|tzst)$/i.test(name)) return 'tar';
  throw failure("Unable to guess archive format, please pass an 'archive_format' argument.");
}

function strip(members: readonly ArchiveMember[], count: number): readonly ArchiveMember[] {
  if (count < 0) throw failure("'strip_components' must be a positive integer");
  if (count === 0) return members;
  return members
    .map((member) => ({ ...member, path: member.path.split('/').slice(count).join('/') }))
    .filter((member) => member.path !== '');
}
