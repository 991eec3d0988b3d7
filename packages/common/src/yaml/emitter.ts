/** Where the writing of a YAML text stands. The rules for blanks and line breaks are libyaml's. */
export interface Emitter {
  readonly parts: string[];
  /** Characters on the current line. */
  column: number;
  /** Columns of the current block; -1 before the first. */
  indent: number;
  /** How many flow collections are open. */
  flowDepth: number;
  /** Whether the last character was a blank, so that none is needed before the next token. */
  endsBlank: boolean;
  /** Whether only indentation and indicators like `- ` are on this line. */
  isIndentation: boolean;
  /** Blanks per level. */
  readonly step: number;
  /** The column after which texts and flow collections are continued on the next line. */
  readonly width: number;
  /** Whether characters beyond ASCII are written as escapes. */
  readonly asciiOnly: boolean;
}

/** Makes an emitter at the start of a text. */
export function createEmitter(settings: Pick<Emitter, 'step' | 'width' | 'asciiOnly'>): Emitter {
  return { parts: [], column: 0, indent: -1, flowDepth: 0, endsBlank: true, isIndentation: true, ...settings };
}

/** Writes characters that have no line break. */
export function put(emitter: Emitter, text: string): void {
  emitter.parts.push(text);
  emitter.column += text.length;
}

/** Ends the line. */
export function putLineBreak(emitter: Emitter, lineBreak = '\n'): void {
  emitter.parts.push(lineBreak);
  emitter.column = 0;
}

/** Goes to a line with nothing but the current indentation, staying on this one if it is like that. */
export function putIndent(emitter: Emitter): void {
  const indent = Math.max(emitter.indent, 0);
  const isPast = emitter.column > indent || (emitter.column === indent && !emitter.endsBlank);
  if (!emitter.isIndentation || isPast) putLineBreak(emitter);
  if (emitter.column < indent) put(emitter, ' '.repeat(indent - emitter.column));
  emitter.endsBlank = true;
  emitter.isIndentation = true;
}

/** Writes a token that gives structure. */
export function putIndicator(
  emitter: Emitter,
  indicator: string,
  {
    needsBlank = false,
    isIndentation = false,
  }: { readonly needsBlank?: boolean; readonly isIndentation?: boolean } = {},
): void {
  if (needsBlank && !emitter.endsBlank) put(emitter, ' ');
  put(emitter, indicator);
  emitter.endsBlank = false;
  emitter.isIndentation &&= isIndentation;
}

/** Runs `write` one level deeper. `isFlow`: inside a flow collection; `isIndentless`: in the same column. */
export function indented(
  emitter: Emitter,
  { isFlow = false, isIndentless = false }: { readonly isFlow?: boolean; readonly isIndentless?: boolean },
  write: () => void,
): void {
  const outer = emitter.indent;
  if (outer < 0) emitter.indent = isFlow ? emitter.step : 0;
  else if (!isIndentless) emitter.indent += emitter.step;
  write();
  emitter.indent = outer;
}
