import type { ReadHost } from '../../kit/index.ts';
import { readAptSource, type AptSource } from './apt-source.ts';

/** A source and where it stands. */
export interface FoundSource {
  readonly file: string;
  /** Index of its line in the file. */
  readonly index: number;
  /** The line as it stands there. */
  readonly line: string;
  readonly source: AptSource;
}

/** Where a repository goes for which no file is named. */
export const mainSourcesList = '/etc/apt/sources.list';

const folder = '/etc/apt/sources.list.d';

/** All one-line sources of a machine, in the order of its files. */
export async function readAptSources(host: ReadHost): Promise<readonly FoundSource[]> {
  const names = (await host.files.list(folder)) ?? [];
  const files = [mainSourcesList, ...names.filter((name) => name.endsWith('.list')).map((name) => `${folder}/${name}`)];
  const found: FoundSource[] = [];
  for (const file of files) {
    for (const [index, line] of (await readSourceLines(host, file)).entries()) {
      const source = readAptSource(line);
      if (source !== undefined) found.push({ file, index, line: line.trim(), source });
    }
  }
  return found;
}

/** The lines of a sources list; none when it is missing. */
export async function readSourceLines(host: ReadHost, file: string): Promise<readonly string[]> {
  const bytes = await host.files.read(file);
  if (bytes === undefined || bytes.length === 0) return [];
  return Buffer.from(bytes).toString('utf8').replace(/\n$/, '').split('\n');
}
