import { posix } from 'node:path';
import { pythonStr } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { isDirectory } from '../../providers/files/paths.ts';

/** The folder of the minion's cache. */
export function cacheFolder({ options }: Pick<FunctionContext, 'options'>): string {
  return pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion');
}

/** Where the cache keeps a file of the file server: `url` is `salt://PATH`, or the path alone. */
export function cachePath(context: Pick<FunctionContext, 'options'>, url: string, saltenv: string): string {
  return `${cacheFolder(context)}/files/${saltenv}${posix.join('/', url.replace(/^salt:\/\//, ''))}`;
}

/**
 * The copy in the cache of a file that was fetched from the file server. A masterless minion's files are handed out
 * where they lie; who asks for a copy may change it, and finds it in the cache afterwards.
 */
export async function cachedCopy(
  context: FunctionContext,
  { url, saltenv, path }: { readonly url: string; readonly saltenv: string; readonly path: string },
): Promise<string> {
  const { files } = context.host;
  if (!url.startsWith('salt://') || path.startsWith(`${cacheFolder(context)}/`)) return path;
  const copy = cachePath(context, url, saltenv);
  if ((await files.hash(copy, 'sha256')) === (await files.hash(path, 'sha256'))) return copy;
  await makeFolder(context, posix.dirname(copy));
  await files.writeCopy(copy, path);
  return copy;
}

/** Makes a folder with those above it, unless it is there. */
export async function makeFolder({ host }: FunctionContext, path: string): Promise<void> {
  if (!(await isDirectory(host, path))) await host.files.makeDirectory(path, { parents: true });
}
