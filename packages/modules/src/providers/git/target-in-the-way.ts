import type { ReadHost } from '../../kit/index.ts';

/** What of a target git cannot make a clone at, in words; `undefined` when nothing stands in the way. */
export async function targetInTheWay(host: ReadHost, target: string): Promise<string | undefined> {
  const own = await host.files.stat(target);
  if (own === undefined || own.kind === 'directory') return undefined;
  const behind = own.kind === 'symlink' ? await host.files.stat(target, { follow: true }) : own;
  if (behind?.kind === 'directory') return undefined;
  const what = own.kind === 'file' ? 'regular file' : behind === undefined ? 'link to nowhere' : kindWords[behind.kind];
  return `Target '${target}' exists and is a ${what}, cannot proceed`;
}

const kindWords: Readonly<Record<string, string>> = {
  file: 'link to a file',
  fifo: 'named pipe',
  socket: 'socket',
  'block-device': 'device',
  'character-device': 'device',
};
