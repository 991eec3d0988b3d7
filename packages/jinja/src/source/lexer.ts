import { trimEnd, whitespaceClass } from '../values/character-classes.ts';
import type { LexerRules } from './lexer-rules.ts';
import { LineIndex } from './line-index.ts';
import { TemplateFault } from '../template-fault.ts';
import { syntaxFault } from './syntax-fault.ts';
import { readTextLiteral } from './text-literal.ts';
import type { Token, TokenType } from './token.ts';

const blanks = new RegExp(`[${whitespaceClass}]+`, 'y');
const floatNumber = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const intNumber = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
// Compiling a pattern with Unicode classes takes milliseconds: it is left to the names that need it.
const plainWord = /\w+/y;
const plainIdentifier = /^[A-Za-z_]\w*$/;
const word = /[\p{L}\p{N}\p{M}\p{Pc}_]+/uy;
const quoted = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const operator = /\/\/|\*\*|[=!<>]=|[-+/*%~[\](){}<>=.:|,;]/y;
const identifier = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;
const onlyBlanks = new RegExp(`^[${whitespaceClass}]+$`);

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The tokens of a template: up to one `eof`, or up to where the text cannot be split. */
export interface TokenizedTemplate {
  readonly tokens: readonly Token[];
  readonly lines: LineIndex;
  /** Why the tokens end early. The parser may find a mistake before it. */
  readonly fault?: TemplateFault;
}

/** Splits a template into tokens, by the rules of Jinja2's lexer. */
export function tokenize(rules: LexerRules, file: string, source: string): TokenizedTemplate {
  const text = source.replaceAll(/\r\n|\r/g, '\n');
  const trimmed = !rules.keepTrailingNewline && text.endsWith('\n') ? text.slice(0, -1) : text;
  const lexer = new Lexer(rules, new LineIndex(file, trimmed));
  return lexer.run();
}

class Lexer {
  readonly lines: LineIndex;
  private readonly rules: LexerRules;
  private readonly text: string;
  private readonly tokens: Token[] = [];
  private position = 0;
  private lineStarting = true;

  constructor(rules: LexerRules, lines: LineIndex) {
    this.rules = rules;
    this.lines = lines;
    this.text = lines.text;
  }

  run(): TokenizedTemplate {
    const { tokens, lines } = this;
    try {
      this.readAll();
      return { tokens, lines };
    } catch (error) {
      if (error instanceof TemplateFault) return { tokens, lines, fault: error };
      throw error;
    }
  }

  private readAll(): void {
    const { root } = this.rules;
    for (;;) {
      root.lastIndex = this.position;
      const match = root.exec(this.text);
      if (match === null) break;
      this.pushData(match);
      this.moveTo(match.index + match[0].length);
      this.readTag(match);
    }
    this.push('data', this.text.slice(this.position), this.position);
    this.push('eof', '', this.text.length);
  }

  private readTag(match: RegExpExecArray): void {
    const { raw, comment, lineComment, block, lineStatement } = match.groups ?? {};
    if (raw !== undefined) this.readRaw(match.index);
    else if (comment !== undefined) this.skipTo(this.rules.commentEnd, match.index, 'this comment is never closed');
    else if (lineComment !== undefined) this.skipTo(this.rules.lineCommentEnd, match.index, '');
    else if (block !== undefined) this.readCode('block', this.rules.blockEnd, match.index);
    else if (lineStatement !== undefined) this.readCode('block', this.rules.lineStatementEnd, match.index);
    else this.readCode('variable', this.rules.variableEnd, match.index);
  }

  private moveTo(position: number): void {
    if (position > this.position) this.lineStarting = this.text[position - 1] === '\n';
    this.position = position;
  }

  private push(type: TokenType, value: string, offset: number): void {
    if (value !== '' || type !== 'data') this.tokens.push({ type, value, offset });
  }

  private fail(offset: number, message: string, help?: string): Error {
    return syntaxFault(this.lines, offset, help === undefined ? { message } : { message, help });
  }

  private pushData(match: RegExpExecArray): void {
    const data = this.text.slice(this.position, match.index);
    this.push('data', this.strip(data, this.signOf(match), match.groups?.['variable'] !== undefined), this.position);
  }

  private signOf(match: RegExpExecArray): string {
    const groups = match.groups ?? {};
    const raw = groups['raw'];
    if (raw !== undefined) return /^[^-+\s]+([-+])/.exec(raw)?.[1] ?? '';
    const tag = Object.values(groups).find((group) => group !== undefined) ?? '';
    return /[-+]$/.exec(tag)?.[0] ?? '';
  }

  private strip(data: string, sign: string, isVariable: boolean): string {
    if (sign === '-') return trimEnd(data);
    if (sign === '+' || isVariable || !this.rules.lstripBlocks) return data;
    const lineStart = data.lastIndexOf('\n') + 1;
    if (lineStart === 0 && !this.lineStarting) return data;
    return onlyBlanks.test(data.slice(lineStart)) ? data.slice(0, lineStart) : data;
  }

  private skipTo(end: RegExp, start: number, problem: string): void {
    end.lastIndex = this.position;
    const match = end.exec(this.text);
    if (match === null) throw this.fail(start, problem, 'close it with the end of comment delimiter, as a rule #}');
    this.moveTo(match.index + match[0].length);
  }

  private readRaw(start: number): void {
    const { rawEnd } = this.rules;
    rawEnd.lastIndex = this.position;
    const match = rawEnd.exec(this.text);
    if (match === null) throw this.fail(start, "tag 'raw' is never closed", 'close it with the tag endraw');
    const data = this.text.slice(this.position, match.index);
    this.push('data', this.strip(data, match.groups?.['sign'] ?? '', false), this.position);
    this.moveTo(match.index + match[0].length);
  }

  private readCode(kind: 'block' | 'variable', end: RegExp, start: number): void {
    this.push(`${kind}_begin`, this.text.slice(start, this.position), start);
    this.lines.tagStarts.push(start);
    const open: { readonly bracket: string; readonly offset: number }[] = [];
    for (;;) {
      if (open.length === 0) {
        const closed = this.match(end);
        if (closed !== undefined) {
          this.push(`${kind}_end`, closed, this.position);
          this.moveTo(this.position + closed.length);
          return;
        }
      }
      const innermost = open.at(-1);
      if (this.position >= this.text.length) throw this.unclosed(kind, innermost?.offset ?? start);
      if (innermost !== undefined && kind === 'block') this.refuseEndOfTag(innermost);
      this.readToken(open);
    }
  }

  private unclosed(kind: 'block' | 'variable', offset: number): Error {
    const bracket = this.text.slice(offset, offset + 1);
    const isBracket = closing[bracket] !== undefined && !/^\{[%{#]/.test(this.text.slice(offset, offset + 2));
    const what = isBracket ? `'${bracket}'` : kind === 'block' ? 'this tag' : 'this print statement';
    return this.fail(offset, `unexpected end of template: ${what} is never closed`);
  }

  // Inside brackets nothing else is written like that, and what follows is read amiss when it is taken for operators.
  private refuseEndOfTag({ bracket, offset }: { readonly bracket: string; readonly offset: number }): void {
    if (this.text.startsWith('%}', this.position)) throw this.fail(offset, `'${bracket}' is never closed`);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    return pattern.exec(this.text)?.[0];
  }

  private readToken(open: { readonly bracket: string; readonly offset: number }[]): void {
    const skipped = this.match(blanks);
    if (skipped !== undefined) {
      this.moveTo(this.position + skipped.length);
      return;
    }
    const start = this.position;
    const [type, value, length] = this.nextToken();
    if (type === 'operator') this.balance(open, value, start);
    this.push(type, value, start);
    this.moveTo(start + length);
  }

  private nextToken(): [TokenType, string, number] {
    const float = this.match(floatNumber);
    if (float !== undefined) return ['float', float.replaceAll('_', ''), float.length];
    const int = this.match(intNumber);
    if (int !== undefined) return ['integer', int.replaceAll('_', ''), int.length];
    const name = this.matchWord();
    if (name !== undefined) return ['name', this.checkName(name), name.length];
    const literal = this.match(quoted);
    if (literal !== undefined) return ['string', this.readText(literal), literal.length];
    const sign = this.match(operator);
    if (sign !== undefined) return ['operator', sign, sign.length];
    throw this.unexpected();
  }

  private matchWord(): string | undefined {
    const plain = this.match(plainWord);
    const next = this.text.charCodeAt(this.position + (plain?.length ?? 0));
    return next > 127 ? this.match(word) : plain;
  }

  private checkName(name: string): string {
    if (!plainIdentifier.test(name) && !identifier.test(name))
      throw this.fail(this.position, `'${name}' is no name: a name starts with a letter or _`);
    return name;
  }

  private readText(literal: string): string {
    const text = readTextLiteral(literal.slice(1, -1));
    if (typeof text !== 'string') throw this.fail(this.position, text.problem);
    return text;
  }

  private unexpected(): Error {
    const character = String.fromCodePoint(this.text.codePointAt(this.position) ?? 0);
    if (character === "'" || character === '"') return this.fail(this.position, 'this text is never closed');
    const help = character === '&' ? "write 'and'" : character === '!' ? "write 'not'" : undefined;
    return this.fail(this.position, `unexpected character '${character}'`, help);
  }

  private balance(open: { bracket: string; offset: number }[], sign: string, offset: number): void {
    if (closing[sign] !== undefined) open.push({ bracket: sign, offset });
    if (![')', ']', '}'].includes(sign)) return;
    const last = open.pop();
    if (last === undefined) throw this.fail(offset, `unexpected '${sign}'`);
    const expected = closing[last.bracket] ?? '';
    if (expected !== sign) throw this.fail(offset, `unexpected '${sign}', expected '${expected}'`);
  }
}
