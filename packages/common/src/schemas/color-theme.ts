import { readFileSync } from 'node:fs';
import { AppError } from '../app-error.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict } from '../value.ts';
import { loadYaml } from '../yaml/load-yaml.ts';

/**
 * Reads the file that `color_theme` names: YAML with codes (`RED: 0;31`) by the names of colours. Throws
 * `color-theme-invalid` when it cannot be read.
 */
export function readColorTheme(path: string): ReadonlyMap<string, string> {
  try {
    const { value } = loadYaml(readFileSync(path, 'utf8'));
    if (!isDict(value)) throw new Error('it is no mapping of colours to codes');
    const entries = [...value].map(([name, code]): [string, string] => [pythonStr(name), pythonStr(code)]);
    const wrong = entries.find(([, code]) => !/^\d{1,3}(?:;\d{1,3})*$/.test(code));
    if (wrong !== undefined) throw new Error(`${wrong[0]} is '${wrong[1]}', which is no code like 0;31`);
    return new Map(entries);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({ code: 'color-theme-invalid', message: `cannot use the colours of ${path}: ${reason}`, cause });
  }
}
