import { compareTexts } from '../compare-values.ts';
import { toFixedDecimals } from '../float-digits.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, isFloat, type Dict, type Value } from '../value.ts';
import type { OutputOptions } from './output-options.ts';
import { renderTable } from './table.ts';
import { UnsuitableAnswer } from './unsuitable.ts';
import { widthOf } from './wrap-words.ts';

const labels = ['name', 'mod.fun', 'duration (ms)'];

/** The `profile` outputter: the states of a run as a table of names, functions and durations, quickest first. */
export function renderProfile(value: Value, options: OutputOptions): string {
  if (!isDict(value)) throw new UnsuitableAnswer();
  const rows = [...value.values()].flatMap(rowsOf);
  const width = Math.max('duration (ms)'.length, ...rows.map(({ duration }) => duration.length));
  const cells = rows.map(({ name, fun, duration }) => [name, fun, duration.padStart(width)]);
  // As texts, and where they are the same by name: what Salt sorts.
  const key = ([name = '', fun = '', duration = '']: readonly string[]): string => [duration, name, fun].join('\u0000');
  const sorted = cells.toSorted((a, b) => compareTexts(key(a), key(b)));
  const table: Dict = new Map<Value, Value>([
    ['labels', labels],
    ['rows', sorted],
  ]);
  const keys: Dict = new Map<Value, Value>([
    ['out.table.rows_key', 'rows'],
    ['out.table.labels_key', 'labels'],
  ]);
  return renderTable(table, { ...options, settings: new Map([...options.settings, ...keys]) });
}

interface Row {
  readonly name: string;
  readonly fun: string;
  readonly duration: string;
}

function rowsOf(answer: Value): readonly Row[] {
  if ((Array.isArray(answer) || typeof answer === 'string') && answer.length === 0) return [];
  if (!isDict(answer)) throw new UnsuitableAnswer();
  return [...answer].map(([tag, step]) => {
    if (!isDict(step)) throw new UnsuitableAnswer();
    const parts = pythonStr(tag).split('_|-');
    const name = pythonStr(step.get('name') ?? step.get('__id__') ?? '<>');
    const duration = step.get('duration');
    const milliseconds = isFloat(duration) || typeof duration === 'number' ? Number(duration) : -1;
    return {
      name: widthOf(name) > 60 ? `${Array.from(name).slice(0, 57).join('')}...` : name,
      fun: `${parts[0]}.${parts.at(-1)}`,
      duration: milliseconds < 0 ? milliseconds.toFixed(4) : toFixedDecimals(milliseconds, 4),
    };
  });
}
