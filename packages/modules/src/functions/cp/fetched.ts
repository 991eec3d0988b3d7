import type { FetchWish, FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';
import { chooseSaltenv, splitSaltenv } from '../saltenv.ts';
import { cachedCopy } from './cached-copy.ts';

const schemes = ['salt', 'http', 'https', 'ftp'];

/** The environment an address or an argument names, else the configured one. */
export function environmentOf(url: string, given: string | undefined, context: FunctionContext): string {
  return splitSaltenv(url).saltenv ?? chooseSaltenv(given, context);
}

/** Where an address of a file, or the file of a path of this machine, was fetched to. Throws for one that leads nowhere. */
export async function fetch(
  context: FunctionContext,
  url: string,
  saltenv: string | undefined,
  wish: FetchWish = {},
): Promise<string | undefined> {
  const local = url.startsWith('/') ? url : /^file:\/\/(\/.*)$/s.exec(url)?.[1];
  if (local !== undefined)
    return (await context.host.files.stat(local, { follow: true }))?.kind === 'file' ? local : undefined;
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? [];
  if (scheme === undefined) throw failure(`Path '${url}' is not absolute`);
  if (!schemes.includes(scheme.toLowerCase())) throw failure(`Unsupported url scheme: ${url}`);
  return (await context.fileServer.fetch(splitSaltenv(url).url, environmentOf(url, saltenv, context), wish))?.path;
}

/** The copy in the cache of what was fetched. */
export function copyOf(
  context: FunctionContext,
  url: string,
  saltenv: string | undefined,
  path: string,
): Promise<string> {
  return cachedCopy(context, { url: splitSaltenv(url).url, saltenv: environmentOf(url, saltenv, context), path });
}

/** The files of the file server below a folder. */
export async function filesBelow(
  context: FunctionContext,
  folder: string,
  saltenv: string,
): Promise<readonly string[]> {
  const start = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const files = await context.fileServer.listFiles(saltenv, start);
  return files.filter((file) => file.startsWith(start));
}
