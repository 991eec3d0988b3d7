import type { Plain } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';

/** Who a directory is for, and how. */
export interface ExportClient {
  readonly hosts: string;
  readonly options: readonly string[];
}

/** Clients in the shape of a return's changes. */
export function toPlainClients(clients: readonly ExportClient[]): Plain {
  return clients.map(({ hosts, options }) => ({ hosts, options: [...options] }));
}

const lineOf = /^\s*("[^"]*"|[^\s#]\S*)\s+(.*?)\s*$/;

/** The text of a table of exports; empty when it is missing. */
export async function readExports(host: ReadHost, file: string): Promise<string> {
  return Buffer.from((await host.files.read(file)) ?? '').toString('utf8');
}

/** The clients of a directory in such a text; `undefined` when it is not in it. */
export function clientsOf(text: string, path: string): readonly ExportClient[] | undefined {
  const rows = joinLines(text).flatMap((line) => {
    const [, name = '', rest = ''] = lineOf.exec(line) ?? [];
    return name.replaceAll('"', '') === path ? [rest.replace(/\s#.*$/, '')] : [];
  });
  if (rows.length === 0) return undefined;
  return rows.flatMap((rest) =>
    rest.split(/\s+/).map((client) => {
      const [, hosts = client, options = ''] = /^([^()]*)\((.*)\)$/.exec(client) ?? [];
      return { hosts: hosts === '' ? '*' : hosts, options: options === '' ? [] : options.split(',') };
    }),
  );
}

// A backslash at its end goes on with the next line.
function joinLines(text: string): readonly string[] {
  return text.replace(/\\\n/g, ' ').split('\n');
}

/** The text with other clients for a directory, in place of its line or at the end; none removes it. */
export function withClients(text: string, path: string, clients: readonly ExportClient[]): string {
  const kept = joinLines(text).filter((line) => (lineOf.exec(line)?.[1] ?? '').replaceAll('"', '') !== path);
  const name = /\s/.test(path) ? `"${path}"` : path;
  const words = clients.map(({ hosts, options }) => (options.length === 0 ? hosts : `${hosts}(${options.join(',')})`));
  const body = kept.join('\n').replace(/\n*$/, '');
  const lines = [...(body === '' ? [] : [body]), ...(words.length === 0 ? [] : [`${name} ${words.join(' ')}`])];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** Writes the table and has the server read it; answers what it complained about, empty when nothing. */
export async function writeExports(machine: Host, file: string, text: string): Promise<string | undefined> {
  await machine.files.write(file, Buffer.from(text));
  const { exitCode, stderr } = await machine.run({ command: ['exportfs', '-r'], timeout: 60_000 });
  return exitCode === 0 ? undefined : stderr.trim();
}
