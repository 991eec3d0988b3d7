import type { Dict } from '@brine/common';

/** A call written in a slot. */
export interface SlotCall {
  readonly name: string;
  readonly positional: string[];
  /** Keyword arguments; all are texts. */
  readonly keyword: Dict;
  /** What of the answer is meant: keys with dots between. */
  readonly path: string | undefined;
  /** What is put behind the answer. */
  readonly appended: string | undefined;
}

/**
 * Reads `salt:FUNCTION(argument, key=value).path.of.keys ~ appended` as Salt reads slots: words by shell rules,
 * blanks outside quotes dropped, brackets kept together. `undefined` when it is none.
 */
export function parseSlotCall(text: string): SlotCall | undefined {
  if (!text.startsWith('salt:')) return undefined;
  const written = text.slice('salt:'.length);
  const tokens = tokenize(written);
  const open = tokens?.findIndex(({ isMark, text: mark }) => isMark && mark === '(') ?? -1;
  if (tokens === undefined || open < 1) return undefined;
  const call = readArguments(tokens.slice(open + 1));
  if (call === undefined) return undefined;
  const [head = '', ...tail] = written.split('~');
  const path = head.slice(head.lastIndexOf(')') + 1).trim();
  return {
    name: join(tokens.slice(0, open)),
    ...call,
    path: path.startsWith('.') ? path.slice(1).trim() : undefined,
    appended: tail.length === 0 ? undefined : tail.join('~').trim(),
  };
}

interface Token {
  readonly text: string;
  /** A punctuation mark outside quotes. */
  readonly isMark: boolean;
}

const closing: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

function readArguments(tokens: readonly Token[]): Pick<SlotCall, 'positional' | 'keyword'> | undefined {
  const pieces = splitArguments(tokens);
  if (pieces === undefined) return undefined;
  const positional: string[] = [];
  const keyword: Dict = new Map();
  for (const piece of pieces) {
    const equals = topLevel(piece).findIndex(({ isMark, text }) => isMark && text === '=');
    if (equals !== -1) keyword.set(join(piece.slice(0, equals)), join(piece.slice(equals + 1)));
    else if (piece.length > 0) positional.push(join(piece));
  }
  return { positional, keyword };
}

/** The tokens of each argument, up to the parenthesis that closes the call. */
function splitArguments(tokens: readonly Token[]): Token[][] | undefined {
  const pieces: Token[][] = [[]];
  const brackets: string[] = [];
  for (const token of tokens) {
    const mark = token.isMark ? token.text : '';
    const isOutside = brackets.length === 0;
    if (isOutside && mark === ')') return pieces;
    const opened = closing.get(mark);
    if (opened !== undefined) brackets.push(opened);
    else if (/^[\])}]$/.test(mark) && brackets.pop() !== mark) return undefined;
    if (isOutside && mark === ',') pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return undefined;
}

/** The tokens before the first bracket: an equals sign there names a keyword. */
function topLevel(piece: readonly Token[]): readonly Token[] {
  const bracket = piece.findIndex(({ isMark, text }) => isMark && closing.has(text));
  return bracket === -1 ? piece : piece.slice(0, bracket);
}

function join(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}

const wordPattern = /(?:\w|\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')+/suy;
const markPattern = /[^\s"'\\]/suy;

/** Words without their quotes, and punctuation marks one by one. `undefined` when a quote stays open. */
function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    // Outside quotes the rest of the line is a comment.
    if (text[index] === '#') break;
    const word = matchAt(wordPattern, text, index);
    const found = word ?? matchAt(markPattern, text, index) ?? matchAt(/\s/suy, text, index);
    if (found === undefined) return undefined;
    if (word !== undefined) tokens.push({ text: unquote(word), isMark: false });
    else if (found.trim() !== '') tokens.push({ text: found, isMark: true });
    index += found.length;
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

function unquote(word: string): string {
  return word.replace(
    /\\(.)|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/gsu,
    (_whole, bare?: string, double?: string, single?: string) => {
      // Inside quotes a backslash only protects a quote or itself.
      return bare ?? (double ?? single ?? '').replace(/\\(["'\\])/g, '$1');
    },
  );
}
