import { posix } from 'node:path';
import { z } from 'zod';
import { commaList, flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { matchesPattern } from '../matches-pattern.ts';
import { chooseSaltenv, saltenvArgument, splitSaltenv } from '../saltenv.ts';
import { cacheFolder, cachePath, makeFolder } from './cached-copy.ts';
import { copyOf, environmentOf, fetch, filesBelow } from './fetched.ts';

const path = text().describe('Address of the file: `salt://…`.');
// The bit of a mode that tells a regular file.
const regularFile = 0o100000;

export const cacheFile = defineFunction({
  name: 'cp.cache_file',
  summary: 'Fetches a file into the cache and answers its path; false when it cannot.',
  args: z.object({
    path,
    saltenv: saltenvArgument,
    source_hash: optional(text()).describe('Digest the file must have, e.g. `sha256=…`.'),
    verify_ssl: withDefault(flag(), true).describe('`False` takes any certificate of a web server.'),
    use_etag: withDefault(flag(), false).describe(
      'Accepted for Salt: servers are always asked whether the copy is current.',
    ),
  }),
  examples: ["'*' cp.cache_file salt://path/to/file"],
  async run(args, context) {
    const wish = args.verify_ssl ? {} : { verifiesCertificates: false };
    const fetched = await fetch(context, args.path, args.saltenv, wish);
    if (fetched === undefined) return false;
    const isRight =
      args.source_hash === undefined || (await context.call('file.check_hash', [fetched, args.source_hash]));
    return isRight === true ? copyOf(context, args.path, args.saltenv, fetched) : false;
  },
});

export const isCached = defineFunction({
  name: 'cp.is_cached',
  summary: "The path of a file's copy in the minion's cache; an empty text when there is none.",
  args: z.object({ path, saltenv: saltenvArgument }),
  examples: ["'*' cp.is_cached salt://path/to/file"],
  async run(args, context) {
    const { url } = splitSaltenv(args.path);
    const saltenv = environmentOf(args.path, args.saltenv, context);
    const cached = await context.fileServer.cached(url, saltenv);
    if (cached !== undefined || /^(?!salt:)\w+:\/\//.test(url)) return cached ?? '';
    const copies = [`${cacheFolder(context)}/localfiles${posix.join('/', url)}`, cachePath(context, url, saltenv)];
    for (const copy of url.startsWith('/') ? copies : copies.slice(1))
      if ((await context.host.files.stat(copy))?.kind === 'file') return copy;
    return '';
  },
});

export const cacheFiles = defineFunction({
  name: 'cp.cache_files',
  summary: 'Fetches files into the cache and answers their paths; false in the place of one that cannot be had.',
  args: z.object({ paths: commaList().describe('Addresses.'), saltenv: saltenvArgument }),
  examples: ["'*' cp.cache_files salt://pathto/file1,salt://pathto/file2"],
  run: (args, context) => fetchAll(context, args.paths, args.saltenv),
});

export const cacheDir = defineFunction({
  name: 'cp.cache_dir',
  summary: 'Fetches a folder into the cache and answers the paths of the files.',
  args: z.object({
    path: text().describe('Address of the folder.'),
    saltenv: saltenvArgument,
    include_empty: withDefault(flag(), false).describe('Make folders without files too.'),
    include_pat: optional(text()).describe('Pattern, or `E@` and an expression, of the files wanted.'),
    exclude_pat: optional(text()).describe('Pattern, or `E@` and an expression, of the files not wanted.'),
  }),
  examples: ["'*' cp.cache_dir salt://path/to/dir", "'*' cp.cache_dir salt://path/to/dir include_pat='E@*.py$'"],
  async run(args, context) {
    const saltenv = environmentOf(args.path, args.saltenv, context);
    const folder = splitSaltenv(args.path).url.replace(/^salt:\/\//, '');
    const files = await filesBelow(context, folder, saltenv);
    const wanted = files.filter((file) => isWanted(file, args.include_pat, args.exclude_pat));
    const copies = await cacheServed(context, wanted, saltenv);
    const folders = args.include_empty ? await makeEmptyFolders(context, folder, saltenv) : [];
    return [...copies, ...folders];
  },
});

export const cacheMaster = defineFunction({
  name: 'cp.cache_master',
  summary: 'Fetches all files of the file server into the cache and answers their paths.',
  args: z.object({ saltenv: saltenvArgument }),
  examples: ["'*' cp.cache_master"],
  async run(args, context) {
    const saltenv = chooseSaltenv(args.saltenv, context);
    return cacheServed(context, await context.fileServer.listFiles(saltenv), saltenv);
  },
});

export const hashFile = defineFunction({
  name: 'cp.hash_file',
  summary: 'Digest and algorithm of a file on the file server; an empty text when there is none.',
  args: z.object({ path, saltenv: saltenvArgument }),
  examples: ["'*' cp.hash_file salt://path/to/file"],
  async run(args, context) {
    if (args.path.startsWith('/')) {
      const sum = await context.host.files.hash(args.path, 'sha256');
      return sum === undefined ? '' : { hsum: sum, hash_type: 'sha256' };
    }
    const found = await context.fileServer.fetch(args.path, environmentOf(args.path, args.saltenv, context));
    return found === undefined ? '' : { hsum: found.sha256, hash_type: 'sha256' };
  },
});

export const statFile = defineFunction({
  name: 'cp.stat_file',
  summary: 'The mode of a file on the file server; null when there is none.',
  args: z.object({
    path,
    saltenv: saltenvArgument,
    octal: withDefault(flag(), true).describe(
      'The permission bits as octal digits, rather than the whole as a number.',
    ),
  }),
  examples: ["'*' cp.stat_file salt://path/to/file"],
  async run(args, context) {
    const found = await context.fileServer.fetch(args.path, environmentOf(args.path, args.saltenv, context));
    if (found?.mode === undefined) return null;
    return args.octal ? found.mode.toString(8).padStart(4, '0') : regularFile | found.mode;
  },
});

/** The copies of files of the file server, without those that were gone when they were asked for. */
async function cacheServed(
  context: FunctionContext,
  files: readonly string[],
  saltenv: string,
): Promise<readonly string[]> {
  const urls = files.map((file) => `salt://${file}`);
  return (await fetchAll(context, urls, saltenv)).filter((copy) => copy !== false);
}

async function fetchAll(
  context: FunctionContext,
  urls: readonly string[],
  saltenv: string | undefined,
): Promise<readonly (string | false)[]> {
  const copies: (string | false)[] = [];
  for (const url of urls) {
    const fetched = await fetch(context, url, saltenv);
    copies.push(fetched !== undefined && (await copyOf(context, url, saltenv, fetched)));
  }
  return copies;
}

async function makeEmptyFolders(context: FunctionContext, folder: string, saltenv: string): Promise<readonly string[]> {
  const found = await context.fileServer.listEmptyDirectories(saltenv, folder);
  const made = found.map((each) => cachePath(context, each, saltenv));
  for (const path of made) await makeFolder(context, path);
  return made;
}

function isWanted(file: string, include: string | undefined, exclude: string | undefined): boolean {
  if (include !== undefined && !matchesPattern(file, include)) return false;
  return exclude === undefined || !matchesPattern(file, exclude);
}
