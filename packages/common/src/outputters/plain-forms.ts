import { pythonStr } from '../python-repr.ts';
import { isDict, type Value } from '../value.ts';
import { prettyPrint } from './pretty-print.ts';
import { splitLines } from './split-lines.ts';
import { UnsuitableAnswer } from './unsuitable.ts';

/** The `txt` outputter: every line of an answer behind the name it belongs to. */
export function renderText(value: Value): string {
  if (typeof value === 'string') return `${value}\n`;
  if (!isDict(value)) return `${prettyPrint(value)}\n`;
  const lines = [...value].flatMap(([key, item]) =>
    (typeof item === 'string' ? splitLines(item) : [pythonStr(item)]).map((line) => `${pythonStr(key)}: ${line}\n`),
  );
  return lines.join('');
}

/** The `raw` outputter: the answer as Python writes it. */
export function renderRaw(value: Value): string {
  return pythonStr(value);
}

/** The `newline_values_only` outputter: members of the answers one a line, without names. */
export function renderNewlineValuesOnly(value: Value): string {
  if (!isDict(value)) throw new UnsuitableAnswer();
  return [...value.values()]
    .flatMap((answer) => (Array.isArray(answer) ? answer : [answer]))
    .map(pythonStr)
    .join('\n');
}
