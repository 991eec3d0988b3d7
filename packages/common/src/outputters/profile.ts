import { pythonStr } from '../python-repr.ts';
import { isDict, isFloat, type Dict, type Value } from '../value.ts';
import type { OutputOptions } from './output-options.ts';
import { renderRows } from './table.ts';

/** The `profile` outputter: the states of a run as a table of names, functions and durations, quickest first. */
export function renderProfile(value: Value, options: OutputOptions): string {
  if (!isDict(value)) return pythonStr(value);
  const rows = [...value.values()].flatMap((answer) => (isDict(answer) ? rowsOf(answer) : []));
  const sorted = rows.toSorted((a, b) => a.duration - b.duration);
  const width = Math.max('duration (ms)'.length, ...rows.map(({ duration }) => duration.toFixed(4).length));
  return renderRows(
    sorted.map(({ name, fun, duration }) => [name, fun, duration.toFixed(4).padStart(width)]),
    ['name', 'mod.fun', 'duration (ms)'],
    options,
  );
}

function rowsOf(answer: Dict): readonly { readonly name: string; readonly fun: string; readonly duration: number }[] {
  return [...answer].flatMap(([tag, step]) => {
    if (!isDict(step)) return [];
    const parts = pythonStr(tag).split('_|-');
    const name = pythonStr(step.get('name') ?? step.get('__id__') ?? '<>');
    const duration = step.get('duration');
    return [
      {
        name: name.length > 60 ? `${name.slice(0, 57)}...` : name,
        fun: `${parts[0]}.${parts.at(-1)}`,
        duration: isFloat(duration) || typeof duration === 'number' ? Number(duration) : -1,
      },
    ];
  });
}
