/** What styles a text may be written in. The rules are libyaml's, so that the choice is PyYAML's. */
export interface TextAnalysis {
  readonly isMultiline: boolean;
  readonly allowsFlowPlain: boolean;
  readonly allowsBlockPlain: boolean;
  readonly allowsSingleQuoted: boolean;
}

const blank = /[\0 \t\r\n\u0085\u2028\u2029]/u;
const lineBreak = /[\r\n\u0085\u2028\u2029]/u;
// libyaml takes no character beyond the basic plane for printable.
const printable = /[\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

/** Whether libyaml writes a character as it is. */
export function isPrintable(character: string): boolean {
  return printable.test(character);
}

/** Whether a character ends a line in YAML 1.1. */
export function isLineBreak(character: string): boolean {
  return lineBreak.test(character);
}

/** Finds what styles a text allows. `characters` are its code points. */
export function analyzeText(characters: readonly string[]): TextAnalysis {
  const first = characters[0];
  if (first === undefined) {
    return { isMultiline: false, allowsFlowPlain: false, allowsBlockPlain: true, allowsSingleQuoted: true };
  }
  const text = characters.join('');
  const last = characters.at(-1) ?? first;
  const isMultiline = lineBreak.test(text);
  const needsDoubleQuotes = !characters.every(isPrintable) || / [\r\n\u0085\u2028\u2029]/.test(text);
  const hasEdgeBlank = first === ' ' || last === ' ' || isLineBreak(first) || isLineBreak(last);
  const breakThenSpace = /[\r\n\u0085\u2028\u2029] /.test(text);
  const allowsPlain = !needsDoubleQuotes && !isMultiline && !hasEdgeBlank;
  const indicators = findIndicators(characters, text);
  return {
    isMultiline,
    allowsFlowPlain: allowsPlain && !indicators.inFlow,
    allowsBlockPlain: allowsPlain && !indicators.inBlock,
    allowsSingleQuoted: !needsDoubleQuotes && !breakThenSpace,
  };
}

// Characters that mean something to YAML where they stand, in flow collections and outside them.
function findIndicators(characters: readonly string[], text: string): { inFlow: boolean; inBlock: boolean } {
  const [first = '', second = ' '] = characters;
  const isMarker = text.startsWith('---') || text.startsWith('...');
  const startsNode = '#,[]{}&*!|>\'"%@`'.includes(first) || (first === '-' && blank.test(second));
  if (isMarker || startsNode || hasComment(text)) return { inFlow: true, inBlock: true };
  const startsKey = '?:'.includes(first);
  return {
    inFlow: startsKey || /[,?[\]{}:]/.test(text.slice(first.length)),
    inBlock: (startsKey && blank.test(second)) || /:(?:[\0 \t\r\n\u0085\u2028\u2029]|$)/.test(text.slice(first.length)),
  };
}

function hasComment(text: string): boolean {
  return /[\0 \t\r\n\u0085\u2028\u2029]#/.test(text);
}
