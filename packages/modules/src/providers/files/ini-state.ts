import { pythonStr, type CheckOutcome, type Dict } from '@brine/common';
import { willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { writeIni, type IniSection } from '../text/ini-document.ts';

/** The text of an ini file; empty when it is missing. */
export async function readIniFile(host: ReadHost, path: string): Promise<string> {
  const bytes = await host.files.read(path);
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
}

/** An ini file as it will be, what a dry run tells line by line, and what changed. */
export interface IniEdit {
  readonly path: string;
  readonly ini: IniSection;
  readonly lines: readonly string[];
  readonly changes: Dict;
}

/** The outcome of an ini file's edit. */
export function iniOutcome({ path, ini, lines, changes: dict }: IniEdit): CheckOutcome<Host> {
  const foretold = lines.join('');
  const settled = 'No anomaly detected';
  if (dict.size === 0) return { kind: 'ok', comment: settled, foretoldComment: foretold === '' ? settled : foretold };
  const changes = Object.fromEntries(Array.from(dict, ([key, value]) => [pythonStr(key), value]));
  return willChange({ comment: foretold, changes }, (machine) =>
    attempt('', async () => {
      await machine.files.write((await machine.files.realPath(path)) ?? path, Buffer.from(writeIni(ini)));
      return { comment: 'Changes take effect', changes };
    }),
  );
}
