import type { ReadHost } from '../kit/host.ts';

/** The text of a file; empty when it is missing or may not be read. */
export async function readOptional(host: ReadHost, path: string): Promise<string> {
  try {
    const content = await host.files.read(path);
    return content === undefined ? '' : new TextDecoder().decode(content);
  } catch {
    return '';
  }
}

/** Whether a path exists, links followed. */
export async function exists(host: ReadHost, path: string): Promise<boolean> {
  return (await host.files.stat(path, { follow: true })) !== undefined;
}

/** The `key: value` lines of a file under `/proc`; the first of a key wins. */
export function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const mark = line.indexOf(':');
    const key = line.slice(0, mark).trim();
    if (mark > 0 && !fields.has(key)) fields.set(key, line.slice(mark + 1).trim());
  }
  return fields;
}
