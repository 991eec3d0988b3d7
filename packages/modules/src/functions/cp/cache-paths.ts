import { posix } from 'node:path';
import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { saltenvArgument } from '../saltenv.ts';
import { cacheFolder, makeFolder } from './cached-copy.ts';

export const cacheDest = defineFunction({
  name: 'cp.cache_dest',
  summary: 'Where the cache has a file, or would have it.',
  args: z.object({ url: text().describe('Address of the file.'), saltenv: saltenvArgument }),
  examples: ["'*' cp.cache_dest https://foo.com/bar.rpm", "'*' cp.cache_dest salt://my/file saltenv=dev"],
  run({ url, saltenv }, context) {
    if (/^(\/|file:\/\/)/.test(url)) return url.replace(/^file:\/\//, '');
    const environment =
      /[?&]saltenv=([^&]+)/.exec(url)?.[1] ?? saltenv ?? pythonStr(context.options.get('saltenv') ?? 'base');
    const name = environment === 'None' ? 'base' : environment;
    if (url.startsWith('salt://')) return `${cacheFolder(context)}/files/${name}/${url.slice(7).replace(/\?.*$/, '')}`;
    if (!URL.canParse(url)) throw failure(`${url} is no address of a file.`);
    const { host, pathname, search } = new URL(url);
    return `${cacheFolder(context)}/extrn_files/${name}/${host}${pathname}${search.replace('?', '-')}`;
  },
});

export const cacheLocalFile = defineFunction({
  name: 'cp.cache_local_file',
  summary: 'Copies a file of this machine into the cache and answers where; an empty text when it is not there.',
  args: z.object({ path: text().describe('Path of the file.') }),
  examples: ["'*' cp.cache_local_file /etc/hosts"],
  async run({ path }, context) {
    if ((await context.host.files.stat(path, { follow: true }))?.kind !== 'file') return '';
    const dest = `${cacheFolder(context)}/localfiles${posix.resolve('/', path)}`;
    await makeFolder(context, posix.dirname(dest));
    await context.host.files.writeCopy(dest, path);
    return dest;
  },
});

export const listMinion = defineFunction({
  name: 'cp.list_minion',
  summary: 'The files in the cache of an environment, sorted.',
  args: z.object({ saltenv: optional(text()).describe('The environment.') }),
  examples: ["'*' cp.list_minion"],
  async run({ saltenv = 'base' }, context) {
    const found: string[] = [];
    const walk = async (folder: string): Promise<void> => {
      for (const name of (await context.host.files.list(folder)) ?? []) {
        const path = `${folder}/${name}`;
        const kind = (await context.host.files.stat(path))?.kind;
        if (kind === 'directory') await walk(path);
        else found.push(path);
      }
    };
    await walk(`${cacheFolder(context)}/files/${saltenv}`);
    await walk(`${cacheFolder(context)}/localfiles`);
    return found.toSorted();
  },
});
