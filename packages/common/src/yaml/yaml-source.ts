import type { Problem, SourceSpan } from '../problem.ts';

/** Where the lines of a text came from, and what it is called. */
export interface YamlOrigin {
  /** Path as a user knows it. */
  readonly file?: string;
  /** For a rendered text: which original place each of its lines came from. */
  readonly lineOrigins?: readonly SourceSpan[];
}

/** A YAML text as it is parsed, able to say which place of which file an offset stands for. */
export interface YamlSource {
  readonly text: string;
  /** How many blanks were put before each line (by index) so that the parser accepts it. */
  readonly padding: ReadonlyMap<number, number>;
  readonly origin: YamlOrigin;
  /** The offset each line starts at. */
  readonly lineStarts: readonly number[];
}

/** Makes a source of a text in which some lines were padded. */
export function createYamlSource(text: string, padding: ReadonlyMap<number, number>, origin: YamlOrigin): YamlSource {
  const lineStarts = [0];
  for (const { index, 0: lineBreak } of text.matchAll(/\r\n|\n|\r/g)) lineStarts.push(index + lineBreak.length);
  return { text, padding, origin, lineStarts };
}

/** The index of the line an offset lies in. */
export function lineIndexAt(source: YamlSource, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The place in the original file that an offset stands for. */
export function spanAt(source: YamlSource, offset: number): SourceSpan {
  const index = lineIndexAt(source, offset);
  const column = offset - (source.lineStarts[index] ?? 0) - (source.padding.get(index) ?? 0) + 1;
  const original = source.origin.lineOrigins?.[index];
  const file = original?.file ?? source.origin.file ?? '<yaml>';
  return { file, line: original?.line ?? index + 1, column: Math.max(column, 1) };
}

/** The text of a line without its line break, as it was given. */
export function lineText(source: YamlSource, index: number): string {
  const start = (source.lineStarts[index] ?? 0) + (source.padding.get(index) ?? 0);
  const end = source.lineStarts[index + 1] ?? source.text.length;
  return source.text.slice(start, end).replace(/[\r\n]+$/, '');
}

/** An error problem that points at an offset. */
export function problemAt(
  source: YamlSource,
  offset: number,
  finding: { readonly code: string; readonly summary: string; readonly help?: string | undefined },
): Problem {
  const { code, summary, help } = finding;
  const quotedLine = lineText(source, lineIndexAt(source, offset));
  const problem = { severity: 'error', code, summary, span: spanAt(source, offset), quotedLine } as const;
  return help === undefined ? problem : { ...problem, help };
}
