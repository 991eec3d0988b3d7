import { createHash } from 'node:crypto';
import { pythonStr, type Dict } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';

/** Where it is remembered which digest an archive had when it was last unpacked into a directory. */
export function markFile(options: Dict, directory: string, url: string): string {
  const key = createHash('sha256').update(`${directory}\0${url}`).digest('hex');
  return `${pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion')}/extracted/${key}`;
}

/** The digest remembered; `undefined` when there is none. */
export async function readMark(host: ReadHost, file: string): Promise<string | undefined> {
  const bytes = await host.files.read(file);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8').trim();
}

/** Remembers a digest. */
export async function writeMark(host: Host, file: string, digest: string): Promise<void> {
  const folder = file.slice(0, file.lastIndexOf('/'));
  if ((await host.files.stat(folder)) === undefined) await host.files.makeDirectory(folder, { parents: true });
  await host.files.write(file, Buffer.from(`${digest}\n`));
}
