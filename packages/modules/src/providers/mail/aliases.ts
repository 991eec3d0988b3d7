import type { Host, ReadHost, StateContext } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';

/** Where mail aliases stand: the configuration's `aliases.file`, else `/etc/aliases`. */
export function aliasesFile({ options }: Pick<StateContext, 'options'>): string {
  const configured = options.get('aliases.file');
  return typeof configured === 'string' ? configured : '/etc/aliases';
}

/** The lines of an aliases file; none when it is missing. */
export async function readAliasLines(host: ReadHost, path: string): Promise<readonly string[]> {
  const text = Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The name and target of a line; `undefined` for anything else. */
export function readAlias(line: string): { readonly name: string; readonly target: string } | undefined {
  const [, name, target = ''] = /^([^#:\s][^:]*?)\s*:\s*(.*?)\s*(?:#.*)?$/.exec(line) ?? [];
  return name === undefined ? undefined : { name, target };
}

/** Lines with an alias set: on its own line, whose comment stays, if it has one; at the end otherwise. */
export function setAlias(lines: readonly string[], name: string, target: string): readonly string[] {
  const index = lines.findIndex((line) => readAlias(line)?.name === name);
  const comment = /\s+#.*$/.exec(lines[index] ?? '')?.[0] ?? '';
  const line = `${name}: ${target}${comment}`;
  return index < 0 ? [...lines, line] : lines.with(index, line);
}

/** Writes an aliases file. */
export async function writeAliasLines(machine: Host, path: string, lines: readonly string[]): Promise<void> {
  await machine.files.write(path, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  // Mail servers read a database that this makes; a machine without one has no use for it.
  if ((await machine.which('newaliases')) !== undefined) await runTool(machine, ['newaliases']);
}
