import { compareTexts } from '../compare-values.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Value } from '../value.ts';
import { createPaint } from './colors.ts';
import type { OutputOptions } from './output-options.ts';
import { UnsuitableAnswer } from './unsuitable.ts';

const headings: ReadonlyMap<string, readonly [title: string, color: 'red' | 'green' | 'magenta' | 'blue']> = new Map([
  ['local', ['Local Keys:', 'magenta']],
  ['minions', ['Accepted Keys:', 'green']],
  ['minions_denied', ['Denied Keys:', 'magenta']],
  ['minions_pre', ['Unaccepted Keys:', 'red']],
  ['minions_rejected', ['Rejected Keys:', 'blue']],
]);
const lightOf = { red: 'lightRed', green: 'lightGreen', magenta: 'lightMagenta', blue: 'lightBlue' } as const;

/** The `key` outputter, for `salt-key`: ids (or ids and what belongs to them) below the heading of their section. */
export function renderKeyList(value: Value, options: OutputOptions): string {
  if (!isDict(value)) throw new UnsuitableAnswer();
  const { colors, clean } = createPaint(options);
  const lines: string[] = [];
  for (const [section, content] of [...value].toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))) {
    const [title, color] = headings.get(pythonStr(section)) ?? [];
    if (title === undefined || color === undefined) throw new UnsuitableAnswer();
    lines.push(`${colors[lightOf[color]]}${title}${colors.end}`);
    for (const text of contentLines(content, clean)) lines.push(`${colors[color]}${text}${colors.end}`);
  }
  return lines.join('\n');
}

function contentLines(content: Value, clean: (text: string) => string): readonly string[] {
  if (isDict(content)) {
    return [...content]
      .toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))
      .map(([id, detail]) => `${clean(pythonStr(id))}:  ${pythonStr(detail)}`);
  }
  return Array.isArray(content) ? content.map((id) => clean(pythonStr(id))).toSorted(compareTexts) : [];
}
