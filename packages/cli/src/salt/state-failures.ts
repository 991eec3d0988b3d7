import { isDict, pythonStr, type Dict, type Value } from '@brine/common';

/** What went wrong on a minion, each on one line: `nginx.sls:12 pkg nginx: Unable to locate package`. */
export function failuresOf(value: Value): readonly string[] {
  if (Array.isArray(value)) return value.map((error) => firstLine(pythonStr(error)));
  if (!isDict(value)) return [firstLine(pythonStr(value))];
  const steps = [...value].flatMap(([tag, step]) =>
    isDict(step) && step.get('result') === false ? [stepFailure(pythonStr(tag), step)] : [],
  );
  return steps.length > 0 ? steps : ['the function ended with a status other than 0'];
}

function stepFailure(tag: string, step: Dict): string {
  const [module = '', id = ''] = tag.split('_|-');
  const file = step.get('__sls_file__');
  const line = step.get('__sls_line__');
  const place = typeof file === 'string' ? `${file}${line === undefined ? '' : `:${pythonStr(line)}`} ` : '';
  return `${place}${module} ${id}: ${firstLine(pythonStr(step.get('comment') ?? ''))}`;
}

function firstLine(text: string): string {
  const line =
    text
      .split('\n')
      .find((part) => part.trim() !== '')
      ?.trim() ?? '';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** How many states of a minion's answer changed something; `undefined` when it is no state run. */
export function changesOf(value: Value): number | undefined {
  if (!isDict(value)) return undefined;
  const steps = [...value.values()].filter((step) => isDict(step) && step.has('result') && step.has('changes'));
  if (steps.length === 0) return undefined;
  return steps.filter((step) => isFilled((step as Dict).get('changes') ?? null)).length;
}

function isFilled(changes: Value): boolean {
  if (isDict(changes)) return changes.size > 0;
  return Array.isArray(changes) ? changes.length > 0 : changes !== null && changes !== '';
}
