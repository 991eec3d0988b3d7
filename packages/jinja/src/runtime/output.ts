import { limitFault } from '../template-fault.ts';

/** Where printed text came from. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  /** Whether each line of the text came from the next line of the file, as template text does. */
  readonly advances: boolean;
}

/** What a template, macro or block prints. */
export class Output {
  private readonly pieces: string[] = [];
  private readonly origins: Origin[] = [];
  private readonly limit: number;
  private length = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  write(text: string, origin: Origin): void {
    if (text === '') return;
    this.length += text.length;
    if (this.length > this.limit) throw limitFault(`the output has grown beyond ${this.limit} characters`);
    this.pieces.push(text);
    this.origins.push(origin);
  }

  /** Writes all that another output holds, each piece with its own origin. */
  append(other: Output): void {
    const { pieces, origins } = other;
    pieces.forEach((piece, index) => this.write(piece, origins[index] as Origin));
  }

  /** Writes text whose lines have origins of their own. */
  writeLines(text: string, origins: readonly Origin[]): void {
    const lines = text.split('\n');
    lines.forEach((line, index) => {
      const origin = origins[index] ?? origins.at(-1);
      if (origin !== undefined) this.write(index < lines.length - 1 ? `${line}\n` : line, origin);
    });
  }

  get text(): string {
    return this.pieces.join('');
  }

  /** For each line of the text where it came from; blanks at the start of a line do not decide. */
  lineOrigins(): Origin[] {
    const lines: (Origin | undefined)[] = [undefined];
    let isDecided = false;
    this.pieces.forEach((piece, index) => {
      const origin = this.origins[index] as Origin;
      piece.split('\n').forEach((part, lineOffset) => {
        if (lineOffset > 0) {
          lines.push(undefined);
          isDecided = false;
        }
        if (isDecided || (lines.at(-1) !== undefined && part.trim() === '')) return;
        lines[lines.length - 1] = origin.advances ? { ...origin, line: origin.line + lineOffset } : origin;
        isDecided = part.trim() !== '';
      });
    });
    return lines.map((origin) => origin ?? this.origins.at(-1) ?? { file: '', line: 1, advances: false });
  }
}
