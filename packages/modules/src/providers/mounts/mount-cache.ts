import { dumpYaml, isDict, loadYaml, pythonStr, type Dict, type Value } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';

/** The file that remembers how states mounted what, in Salt's place. */
export function mountCacheFile(options: Dict): string {
  return `${pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion')}/mounts`;
}

/** The options a path was last mounted with by a state; none when it was not. */
export async function lastOptions(host: ReadHost, file: string, path: string): Promise<readonly string[]> {
  const entry = (await readMounts(host, file)).get(path);
  const options = isDict(entry) ? entry.get('opts') : undefined;
  return Array.isArray(options) ? options.map(pythonStr) : [];
}

/** Remembers how a path was mounted; with `undefined` that it is no longer. */
export async function rememberMount(host: Host, file: string, path: string, entry: Dict | undefined): Promise<void> {
  const mounts = new Map(await readMounts(host, file));
  if (entry === undefined && !mounts.delete(path)) return;
  if (entry !== undefined) mounts.set(path, entry);
  const folder = file.slice(0, file.lastIndexOf('/'));
  if ((await host.files.stat(folder)) === undefined) await host.files.makeDirectory(folder, { parents: true });
  await host.files.write(file, Buffer.from(dumpYaml(new Map<Value, Value>([['mounts', mounts]]))), { mode: 0o600 });
}

async function readMounts(host: ReadHost, file: string): Promise<Dict> {
  const text = Buffer.from((await host.files.read(file)) ?? '').toString('utf8');
  const cache = text === '' ? null : loadYaml(text).value;
  const mounts = isDict(cache) ? cache.get('mounts') : undefined;
  return isDict(mounts) ? mounts : new Map();
}
