import type { TemplatePlace } from '../template-fault.ts';

/** The text of a template with its line starts, for turning offsets into lines and columns. */
export class LineIndex {
  readonly file: string;
  readonly text: string;
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
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
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
