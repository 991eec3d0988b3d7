import { posix } from 'node:path';
import type { Value } from '@brine/common';
import { z } from 'zod';
import { commaList, dict, flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FetchWish, FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { matchesPattern } from '../matches-pattern.ts';
import { chooseSaltenv, saltenvArgument, splitSaltenv } from '../saltenv.ts';
import { valueOr } from '../value-or.ts';
import { place, targetOf } from './place.ts';

const path = text().describe('Address of the file: `salt://…`.');
const dest = text().describe('Where to put it.');
const makedirs = withDefault(flag(), false).describe('Make missing folders.');
const gzip = valueOr(null).describe('Accepted for Salt; the transport compresses by itself.');

export const getFile = defineFunction({
  name: 'cp.get_file',
  summary: 'Copies a file from the file server and answers its path; an empty text when it cannot.',
  args: z.object({
    path,
    dest,
    saltenv: saltenvArgument,
    makedirs,
    template: optional(text()).describe('Render both paths first, e.g. `jinja`.'),
    gzip,
  }),
  examples: ["'*' cp.get_file salt://path/to/file /minion/dest"],
  async run(args, context) {
    const [from, to] = await renderPaths([args.path, args.dest], args, context);
    const fetched = await fetch(context, from ?? '', args.saltenv);
    if (fetched === undefined) return '';
    return (await place(context, { source: fetched, from: from ?? '', dest: to ?? '', makedirs: args.makedirs })) ?? '';
  },
});

export const getTemplate = defineFunction({
  name: 'cp.get_template',
  summary: 'Renders a file of the file server to a path and answers the path; an empty text when it cannot.',
  args: z.object({
    path,
    dest,
    template: withDefault(text(), 'jinja').describe('The engine.'),
    saltenv: saltenvArgument,
    makedirs,
    kwargs: dict().describe('Variables of the template.'),
  }),
  keywords: 'kwargs',
  examples: ["'*' cp.get_template salt://path/to/template /minion/dest"],
  async run(args, context) {
    const fetched = await fetch(context, args.path, args.saltenv);
    const content = fetched === undefined ? undefined : await context.host.files.read(fetched);
    if (content === undefined) return '';
    const rendered = await context.render({
      text: new TextDecoder().decode(content),
      file: splitSaltenv(args.path).url.replace(/^salt:\/\//, ''),
      engine: args.template,
      context: args.kwargs,
      saltenv: environmentOf(args.path, args.saltenv, context),
    });
    const target = await targetOf(context, { from: args.path, dest: args.dest, makedirs: args.makedirs });
    if (target === undefined) return '';
    await context.host.files.write(target, new TextEncoder().encode(rendered));
    return target;
  },
});

export const getDir = defineFunction({
  name: 'cp.get_dir',
  summary: 'Copies a folder of the file server below a path and answers the paths of the files.',
  args: z.object({
    path,
    dest,
    saltenv: saltenvArgument,
    template: optional(text()).describe('Render both paths first, e.g. `jinja`.'),
    gzip,
  }),
  examples: ["'*' cp.get_dir salt://path/to/dir/ /minion/dest"],
  async run(args, context) {
    const [from = '', to = ''] = await renderPaths([args.path, args.dest], args, context);
    const saltenv = environmentOf(from, args.saltenv, context);
    const folder = splitSaltenv(from).url.replace(/^salt:\/\//, '');
    // As with cp, a slash at the end leaves the name of the folder itself out.
    const kept = folder.endsWith('/') ? folder : `${posix.dirname(`/${folder}`).slice(1)}/`.replace(/^\//, '');
    const files = await filesBelow(context, folder, saltenv);
    const placed: string[] = [];
    for (const file of files) {
      const source = await fetch(context, `salt://${file}`, saltenv);
      const target = posix.join(to, file.slice(kept.length));
      if (source === undefined) continue;
      await place(context, { source, from: file, dest: target, makedirs: true });
      placed.push(target);
    }
    return placed;
  },
});

export const getFileStr = defineFunction({
  name: 'cp.get_file_str',
  summary: 'The text of a file on the file server; false when there is none.',
  args: z.object({ path, saltenv: saltenvArgument }),
  examples: ["'*' cp.get_file_str salt://my/file"],
  run: async (args, context) => (await readFetched(context, args.path, args.saltenv)) ?? false,
});

export const getUrl = defineFunction({
  name: 'cp.get_url',
  summary: 'Fetches an address to a path, into the cache (no `dest`), or as text (`dest` null); false when it cannot.',
  args: z.object({
    path: text().describe('Address: `salt://…`, `http(s)://…`, `ftp://…` or a path.'),
    dest: valueOr('').describe('Where to put it.'),
    saltenv: saltenvArgument,
    makedirs,
    source_hash: optional(text()).describe('Digest the file must have, e.g. `sha256=…`.'),
  }),
  examples: [
    "'*' cp.get_url salt://my/file /tmp/this_file_is_mine",
    "'*' cp.get_url http://www.slashdot.org /tmp/index.html",
  ],
  async run(args, context): Promise<Value> {
    const fetched = await fetch(context, args.path, args.saltenv);
    if (fetched === undefined) return false;
    const isRight =
      args.source_hash === undefined || (await context.call('file.check_hash', [fetched, args.source_hash]));
    if (isRight !== true) return false;
    if (typeof args.dest !== 'string') return (await readFetched(context, args.path, args.saltenv)) ?? false;
    if (args.dest === '') return fetched;
    return (
      (await place(context, { source: fetched, from: args.path, dest: args.dest, makedirs: args.makedirs })) ?? false
    );
  },
});

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
    if (fetched === undefined || args.source_hash === undefined) return fetched ?? false;
    return (await context.call('file.check_hash', [fetched, args.source_hash])) === true ? fetched : false;
  },
});

export const isCached = defineFunction({
  name: 'cp.is_cached',
  summary: "The path of a file's copy in the minion's cache; an empty text when there is none.",
  args: z.object({ path, saltenv: saltenvArgument }),
  examples: ["'*' cp.is_cached salt://path/to/file"],
  run: async (args, context) =>
    (await context.fileServer.cached(splitSaltenv(args.path).url, environmentOf(args.path, args.saltenv, context))) ??
    '',
});

export const cacheFiles = defineFunction({
  name: 'cp.cache_files',
  summary: 'Fetches files into the cache and answers their paths.',
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
    include_pat: optional(text()).describe('Pattern, or `E@` and an expression, of the files wanted.'),
    exclude_pat: optional(text()).describe('Pattern, or `E@` and an expression, of the files not wanted.'),
  }),
  examples: ["'*' cp.cache_dir salt://path/to/dir", "'*' cp.cache_dir salt://path/to/dir include_pat='E@*.py$'"],
  async run(args, context) {
    const saltenv = environmentOf(args.path, args.saltenv, context);
    const folder = splitSaltenv(args.path).url.replace(/^salt:\/\//, '');
    const files = await filesBelow(context, folder, saltenv);
    const wanted = files.filter((file) => isWanted(file, args.include_pat, args.exclude_pat));
    return fetchAll(
      context,
      wanted.map((file) => `salt://${file}`),
      saltenv,
    );
  },
});

export const cacheMaster = defineFunction({
  name: 'cp.cache_master',
  summary: 'Fetches all files of the file server into the cache and answers their paths.',
  args: z.object({ saltenv: saltenvArgument }),
  examples: ["'*' cp.cache_master"],
  async run(args, context) {
    const saltenv = chooseSaltenv(args.saltenv, context);
    const files = await context.fileServer.listFiles(saltenv);
    return fetchAll(
      context,
      files.map((file) => `salt://${file}`),
      saltenv,
    );
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
  summary: 'The permission bits of a file on the file server; null when there is none.',
  args: z.object({
    path,
    saltenv: saltenvArgument,
    octal: withDefault(flag(), true).describe('As octal digits, rather than a number.'),
  }),
  examples: ["'*' cp.stat_file salt://path/to/file"],
  async run(args, context) {
    const found = await context.fileServer.fetch(args.path, environmentOf(args.path, args.saltenv, context));
    if (found?.mode === undefined) return null;
    return args.octal ? found.mode.toString(8).padStart(4, '0') : found.mode;
  },
});

function environmentOf(url: string, given: string | undefined, context: FunctionContext): string {
  return splitSaltenv(url).saltenv ?? chooseSaltenv(given, context);
}

async function fetch(
  context: FunctionContext,
  url: string,
  saltenv: string | undefined,
  wish: FetchWish = {},
): Promise<string | undefined> {
  if (url.startsWith('/'))
    return (await context.host.files.stat(url, { follow: true }))?.kind === 'file' ? url : undefined;
  return (await context.fileServer.fetch(splitSaltenv(url).url, environmentOf(url, saltenv, context), wish))?.path;
}

async function fetchAll(
  context: FunctionContext,
  urls: readonly string[],
  saltenv: string | undefined,
): Promise<readonly string[]> {
  const fetched = await Promise.all(urls.map((url) => fetch(context, url, saltenv)));
  return fetched.filter((each) => each !== undefined);
}

async function readFetched(
  context: FunctionContext,
  url: string,
  saltenv: string | undefined,
): Promise<string | undefined> {
  const fetched = await fetch(context, url, saltenv);
  const content = fetched === undefined ? undefined : await context.host.files.read(fetched);
  return content === undefined ? undefined : new TextDecoder().decode(content);
}

async function filesBelow(context: FunctionContext, folder: string, saltenv: string): Promise<readonly string[]> {
  const start = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const files = await context.fileServer.listFiles(saltenv, start);
  return files.filter((file) => file.startsWith(start));
}

function isWanted(file: string, include: string | undefined, exclude: string | undefined): boolean {
  if (include !== undefined && !matchesPattern(file, include)) return false;
  return exclude === undefined || !matchesPattern(file, exclude);
}

function renderPaths(
  paths: readonly string[],
  { template, saltenv }: { readonly template: string | undefined; readonly saltenv: string | undefined },
  context: FunctionContext,
): Promise<readonly string[]> {
  if (template === undefined || template === '') return Promise.resolve(paths);
  const environment = chooseSaltenv(saltenv, context);
  return Promise.all(
    paths.map((each) =>
      context.render({ text: each, file: '<path>', engine: template, context: new Map(), saltenv: environment }),
    ),
  );
}
