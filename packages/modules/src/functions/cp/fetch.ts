import { posix } from 'node:path';
import type { Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { chooseSaltenv, saltenvArgument, splitSaltenv } from '../saltenv.ts';
import { failure } from '../failure.ts';
import { valueOr } from '../value-or.ts';
import { copyOf, environmentOf, fetch, filesBelow } from './fetched.ts';
import { place, targetOf } from './place.ts';

const path = text().describe('Address of the file: `salt://…`.');
const dest = text().describe('Where to put it.');
const makedirs = withDefault(flag(), false).describe('Make missing folders.');
const gzip = valueOr(null).describe('Accepted for Salt; the transport compresses by itself.');

export const getFile = defineFunction({
  name: 'cp.get_file',
  ignoresOthers: true,
  summary:
    'Copies a file from the file server and answers its path; an empty text when it is not served, false when there is no folder for it.',
  args: z.object({
    path,
    dest,
    saltenv: saltenvArgument,
    makedirs,
    template: optional(text()).describe('Render both paths first, e.g. `jinja`.'),
    gzip,
  }),
  examples: ["'*' cp.get_file salt://path/to/file /minion/dest"],
  async run(args, context): Promise<Value> {
    const [from = '', to = ''] = await renderPaths([args.path, args.dest], args, context);
    if (!from.startsWith('salt://')) throw failure(`Unsupported path: ${from}`);
    const fetched = await fetch(context, from, args.saltenv);
    if (fetched === undefined) return '';
    if (to === '') return copyOf(context, from, args.saltenv, fetched);
    return (await place(context, { source: fetched, from, dest: to, makedirs: args.makedirs })) ?? false;
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
  ignoresOthers: true,
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
    const folder = splitSaltenv(from)
      .url.replace(/^salt:\/\//, '')
      .replace(/\/+$/, '');
    const kept = `${posix.dirname(`/${folder}`).slice(1)}/`.replace(/^\//, '');
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
    if (args.dest === '') return copyOf(context, args.path, args.saltenv, fetched);
    return (
      (await place(context, { source: fetched, from: args.path, dest: args.dest, makedirs: args.makedirs })) ?? false
    );
  },
});

async function readFetched(
  context: FunctionContext,
  url: string,
  saltenv: string | undefined,
): Promise<string | undefined> {
  const fetched = await fetch(context, url, saltenv);
  const content = fetched === undefined ? undefined : await context.host.files.read(fetched);
  return content === undefined ? undefined : new TextDecoder().decode(content);
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
