import { compareTexts } from '../compare-values.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Value } from '../value.ts';
import { createColors, withoutEscapes } from './colors.ts';
import type { OutputOptions } from './output-options.ts';

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
  if (!isDict(value)) return pythonStr(value);
  const colors = createColors(options.color);
  const lines: string[] = [];
  for (const [section, content] of [...value].toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))) {
    const [title, color] = headings.get(pythonStr(section)) ?? [`${pythonStr(section)}:`, 'green'];
    lines.push(`${colors[lightOf[color]]}${title}${colors.end}`);
    for (const text of contentLines(content)) lines.push(`${colors[color]}${text}${colors.end}`);
  }
  return lines.join('\n');
}

function contentLines(content: Value): readonly string[] {
  if (isDict(content)) {
    return [...content]
      .map(([id, detail]) => `${withoutEscapes(pythonStr(id))}:  ${pythonStr(detail)}`)
      .toSorted(compareTexts);
  }
  return Array.isArray(content) ? content.map((id) => withoutEscapes(pythonStr(id))).toSorted(compareTexts) : [];
}
