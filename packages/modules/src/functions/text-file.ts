import type { Attributes, Host, ReadHost } from '../kit/host.ts';

/** The text of a file (UTF-8); `undefined` when there is no such file. */
export async function readText(host: ReadHost, path: string): Promise<string | undefined> {
  const content = await host.files.read(path);
  return content === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
}

/** Writes a text file whole. */
export async function writeText(host: Host, path: string, text: string, attributes?: Attributes): Promise<void> {
  await host.files.write(path, new TextEncoder().encode(text), attributes);
}
