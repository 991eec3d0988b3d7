import { compareTexts } from '../compare-values.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Value } from '../value.ts';
import { createPaint, type Colors } from './colors.ts';
import type { OutputOptions } from './output-options.ts';

/** The `no_return` outputter: texts below their keys, in the colour of what is missing; nothing but texts is shown. */
export function renderNoReturn(value: Value, options: OutputOptions): string {
  const { colors, clean } = createPaint(options);
  return linesOf(value, '', { colors, clean }).join('\n');
}

function linesOf(
  value: Value,
  indent: string,
  paint: { readonly colors: Colors; readonly clean: (text: string) => string },
): readonly string[] {
  const { colors, clean } = paint;
  if (typeof value === 'string') {
    return value.split('\n').map((line) => `${colors.red}${indent}${clean(line)}${colors.end}`);
  }
  if (!isDict(value)) return [];
  return [...value]
    .toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))
    .flatMap(([key, item]) => [
      `${colors.cyan}${indent}${clean(pythonStr(key))}${colors.end}:`,
      ...linesOf(item, `${indent}    `, paint),
    ]);
}
