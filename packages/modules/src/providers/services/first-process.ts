import { basename } from 'node:path';
import type { ReadHost } from '../../kit/index.ts';

/** The words of the first process of a machine or container, its program without folder. */
export async function firstProcess(host: ReadHost): Promise<readonly string[]> {
  const bytes = (await host.files.read('/proc/1/cmdline')) ?? new Uint8Array();
  const [program = '', ...words] = Buffer.from(bytes).toString('utf8').split('\0');
  return [basename(program), ...words.filter((word) => word !== '')];
}
