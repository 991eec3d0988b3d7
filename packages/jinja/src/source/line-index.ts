import type { TemplatePlace } from '../template-fault.ts';

/** A place in the text of a template. */
export interface TextPlace {
  readonly lines: LineIndex;
  readonly offset: number;
}

/** The text of a template with its line starts, for turning offsets into lines and columns. */
export class LineIndex {
  readonly file: string;
  readonly text: string;
  /** Where tags and print statements begin, in order. */
  readonly tagStarts: number[] = [];
  private readonly starts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.starts = starts;
  }

  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number {
    return indexBefore(this.starts, offset) + 1;
  }

  /** Whether two offsets lie in the same tag or print statement. */
  isSameTag(one: number, other: number): boolean {
    return indexBefore(this.tagStarts, one) === indexBefore(this.tagStarts, other);
  }

  get lastLine(): number {
    return this.starts.length;
  }

  placeAt(offset: number): TemplatePlace {
    const line = this.lineAt(offset);
    const start = this.starts[line - 1] ?? 0;
    const end = this.starts[line];
    const text = this.text.slice(start, end === undefined ? undefined : end - 1);
    return { file: this.file, line, column: offset - start + 1, text };
  }
}

/** The index of the last start that is not behind an offset; 0 where all are. */
function indexBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
