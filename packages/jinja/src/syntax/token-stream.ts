import type { TokenizedTemplate } from '../source/lexer.ts';
import type { LineIndex } from '../source/line-index.ts';
import { syntaxFault } from '../source/syntax-fault.ts';
import { describeToken, type Token, type TokenType } from '../source/token.ts';
import type { TemplateFault } from '../template-fault.ts';

/** The tokens of a template, taken one after the other. */
export class TokenStream {
  readonly lines: LineIndex;
  private readonly tokens: readonly Token[];
  private readonly fault: TemplateFault | undefined;
  private index = 0;

  constructor({ tokens, lines, fault }: TokenizedTemplate) {
    this.tokens = tokens;
    this.lines = lines;
    this.fault = fault;
  }

  get current(): Token {
    return this.at(this.index);
  }

  /** The token after the current one. */
  get following(): Token {
    return this.at(this.index + 1);
  }

  private at(index: number): Token {
    if (this.fault !== undefined && index >= this.tokens.length) throw this.fault;
    const last = this.tokens.length - 1;
    const token = this.tokens[Math.min(index, last)];
    if (token === undefined) throw new Error('a token stream ends with a token');
    return token;
  }

  next(): Token {
    const token = this.current;
    this.index += 1;
    return token;
  }

  /** Whether the current token is of a type, and of a value if one is given. */
  is(type: TokenType, value?: string): boolean {
    return this.current.type === type && (value === undefined || this.current.value === value);
  }

  isOperator(sign: string): boolean {
    return this.is('operator', sign);
  }

  isWord(word: string): boolean {
    return this.is('name', word);
  }

  skip(type: TokenType, value?: string): boolean {
    if (!this.is(type, value)) return false;
    this.index += 1;
    return true;
  }

  skipOperator(sign: string): boolean {
    return this.skip('operator', sign);
  }

  skipWord(word: string): boolean {
    return this.skip('name', word);
  }

  expect(type: TokenType, value?: string): Token {
    if (this.is(type, value)) return this.next();
    throw this.unexpected(value === undefined ? describeType(type) : `'${value}'`);
  }

  /** The error of a token that does not fit. */
  unexpected(expected: string): Error {
    const got = describeToken(this.current);
    return this.fail(`expected ${expected}, got ${got}`, this.helpFor());
  }

  private helpFor(): string | undefined {
    if (this.isOperator('=')) return 'compare with ==';
    return undefined;
  }

  fail(message: string, help?: string, offset = this.current.offset): Error {
    return syntaxFault(this.lines, offset, help === undefined ? { message } : { message, help });
  }
}

function describeType(type: TokenType): string {
  return type === 'name' ? 'a name' : describeToken({ type, value: type, offset: 0 });
}
