import type { Host } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';

/** A line of a mail alias file: an alias, or text that is none and stays as it is. */
export interface AliasLine {
  readonly raw: string;
  readonly alias?: string;
  readonly target?: string;
  readonly comment?: string;
}

/** Reads a mail alias file such as `/etc/aliases`. */
export function readAliases(text: string): readonly AliasLine[] {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  return lines.map((raw) => {
    const [, alias, target, comment = ''] = /^([^:#]*)\s*:?\s*([^#]*?)(\s+#.*|$)/.exec(raw) ?? [];
    if (alias === undefined || target === undefined || alias.trim() === '' || target === '') return { raw };
    return { raw, alias: alias.trim(), target, comment };
  });
}

/** A file's lines with an alias set: the first line of its name replaced and others of it removed, or one added. */
export function setAlias(lines: readonly AliasLine[], alias: string, target: string): readonly AliasLine[] {
  const index = lines.findIndex((line) => line.alias === alias);
  const added: AliasLine = { raw: `${alias}: ${target}${lines[index]?.comment ?? ''}`, alias, target };
  if (index < 0) return [...lines, added];
  return lines.with(index, added).filter((line) => line === added || line.alias !== alias);
}

/** A file's lines without an alias. */
export function removeAlias(lines: readonly AliasLine[], alias: string): readonly AliasLine[] {
  return lines.filter((line) => line.alias !== alias);
}

/** Writes a mail alias file and has the mail program read it anew, where there is one. */
export async function writeAliases(machine: Host, path: string, lines: readonly AliasLine[]): Promise<void> {
  const target = (await machine.files.realPath(path)) ?? path;
  await machine.files.write(target, Buffer.from(lines.map(({ raw }) => `${raw}\n`).join('')));
  if ((await machine.which('newaliases')) !== undefined) await runTool(machine, ['newaliases']);
}
