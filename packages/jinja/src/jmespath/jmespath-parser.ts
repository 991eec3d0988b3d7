import { fault } from '../template-fault.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { tokenizeJmes, type JmesToken } from './jmespath-token.ts';

export type JmesNode =
  | { readonly type: 'current' }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'literal'; readonly value: RuntimeValue }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'slice'; readonly parts: readonly (number | undefined)[] }
  | { readonly type: 'chain' | 'pipe' | 'or' | 'and'; readonly left: JmesNode; readonly right: JmesNode }
  | { readonly type: 'not' | 'reference'; readonly operand: JmesNode }
  | { readonly type: 'compare'; readonly operator: string; readonly left: JmesNode; readonly right: JmesNode }
  | { readonly type: 'flatten'; readonly left: JmesNode }
  | { readonly type: 'projection' | 'values'; readonly left: JmesNode; readonly right: JmesNode }
  | { readonly type: 'filter'; readonly left: JmesNode; readonly right: JmesNode; readonly test: JmesNode }
  | { readonly type: 'list'; readonly items: readonly JmesNode[] }
  | { readonly type: 'hash'; readonly entries: readonly (readonly [string, JmesNode])[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly JmesNode[] };

const powers: Readonly<Record<string, number>> = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '[]': 9,
  '*': 20,
  '[?': 21,
  '.': 40,
  '!': 45,
  '{': 50,
  '[': 55,
  '(': 60,
};

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

const projectionStop = 10;
const current: JmesNode = { type: 'current' };

/** Reads a JMESPath expression. */
export function parseJmes(expression: string): JmesNode {
  const parser = new JmesParser(tokenizeJmes(expression), expression);
  return parser.parseAll();
}

class JmesParser {
  private readonly tokens: readonly JmesToken[];
  private readonly expression: string;
  private position = 0;

  constructor(tokens: readonly JmesToken[], expression: string) {
    this.tokens = tokens;
    this.expression = expression;
  }

  parseAll(): JmesNode {
    const node = this.parse(0);
    if (this.token.type !== 'end') throw this.unexpected();
    return node;
  }

  private get token(): JmesToken {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)] as JmesToken;
  }

  private unexpected(): Error {
    return fault(`Bad jmespath expression: unexpected ${this.token.text} in '${this.expression}'`);
  }

  private next(): JmesToken {
    const { token } = this;
    this.position += 1;
    return token;
  }

  private is(sign: string): boolean {
    return this.token.type === 'sign' && this.token.text === sign;
  }

  private skip(sign: string): boolean {
    if (!this.is(sign)) return false;
    this.position += 1;
    return true;
  }

  private expect(sign: string): void {
    if (!this.skip(sign)) throw this.unexpected();
  }

  private power(): number {
    return this.token.type === 'sign' ? (powers[this.token.text] ?? 0) : 0;
  }

  private parse(binding: number): JmesNode {
    let left = this.parseStart();
    while (binding < this.power()) left = this.parseRest(left);
    return left;
  }

  private parseStart(): JmesNode {
    const token = this.next();
    if (token.type === 'literal') return { type: 'literal', value: token.value };
    if (token.type === 'quoted') return { type: 'field', name: token.text };
    if (token.type === 'name') return this.is('(') ? this.parseCall(token.text) : { type: 'field', name: token.text };
    if (token.type === 'sign') return this.parseSign(token.text);
    this.position -= 1;
    throw this.unexpected();
  }

  private parseSign(sign: string): JmesNode {
    switch (sign) {
      case '@':
        return current;
      case '!':
        return { type: 'not', operand: this.parse(powers['!'] ?? 0) };
      case '&':
        return { type: 'reference', operand: this.parse(0) };
      case '{':
        return this.parseHash();
      case '(':
        return this.parseGroup();
      case '*':
        return { type: 'values', left: current, right: this.is(']') ? current : this.parseProjected(powers['*'] ?? 0) };
      default:
        return this.parseProjection(sign, current);
    }
  }

  private parseGroup(): JmesNode {
    const inner = this.parse(0);
    this.expect(')');
    return inner;
  }

  /** What starts with a bracket, behind something or at the start. */
  private parseProjection(sign: string, left: JmesNode): JmesNode {
    if (sign === '[]') return { type: 'projection', left: { type: 'flatten', left }, right: this.parseProjected(9) };
    if (sign === '[?') return this.parseFilter(left);
    if (sign === '[') return this.parseBracket(left);
    this.position -= 1;
    throw this.unexpected();
  }

  private parseCall(name: string): JmesNode {
    this.expect('(');
    const args: JmesNode[] = [];
    while (!this.is(')')) {
      if (args.length > 0) this.expect(',');
      args.push(this.parse(0));
    }
    this.expect(')');
    return { type: 'call', name, args };
  }

  private parseRest(left: JmesNode): JmesNode {
    const { text } = this.next();
    if (comparisons.has(text)) return { type: 'compare', operator: text, left, right: this.parse(5) };
    switch (text) {
      case '.':
        return this.parseDot(left);
      case '|':
        return { type: 'pipe', left, right: this.parse(1) };
      case '||':
        return { type: 'or', left, right: this.parse(2) };
      case '&&':
        return { type: 'and', left, right: this.parse(3) };
      default:
        return this.parseProjection(text, left);
    }
  }

  private parseDot(left: JmesNode): JmesNode {
    if (this.skip('*')) return { type: 'values', left, right: this.parseProjected(powers['*'] ?? 0) };
    return { type: 'chain', left, right: this.parseDotted(powers['.'] ?? 0) };
  }

  private parseDotted(binding: number): JmesNode {
    if (this.skip('[')) return this.parseList();
    if (this.skip('{')) return this.parseHash();
    const { type } = this.token;
    if (type !== 'name' && type !== 'quoted' && !this.is('*')) throw this.unexpected();
    return this.parse(binding);
  }

  /** What is done to each item of a projection. */
  private parseProjected(binding: number): JmesNode {
    if (this.power() < projectionStop) return current;
    if (this.is('[') || this.is('[?')) return this.parseFromCurrent(binding);
    if (this.skip('.')) return this.parseDotted(binding);
    throw this.unexpected();
  }

  /** Goes on with the current item as what stands to the left. */
  private parseFromCurrent(binding: number): JmesNode {
    let left: JmesNode = current;
    while (binding < this.power()) left = this.parseRest(left);
    return left;
  }

  private parseFilter(left: JmesNode): JmesNode {
    const test = this.parse(0);
    this.expect(']');
    const right = this.is('[]') ? current : this.parseProjected(powers['[?'] ?? 0);
    return { type: 'filter', left, right, test };
  }

  private parseBracket(left: JmesNode): JmesNode {
    if (this.token.type === 'number' || this.is(':')) {
      const inner = this.parseIndex();
      const chained: JmesNode = left === current ? inner : { type: 'chain', left, right: inner };
      if (inner.type !== 'slice') return chained;
      return { type: 'projection', left: chained, right: this.parseProjected(powers['*'] ?? 0) };
    }
    if (this.is('*') && this.tokens[this.position + 1]?.text === ']') {
      this.position += 2;
      return { type: 'projection', left, right: this.parseProjected(powers['*'] ?? 0) };
    }
    if (left !== current) throw this.unexpected();
    return this.parseList();
  }

  private parseIndex(): JmesNode {
    const parts: (number | undefined)[] = [undefined, undefined, undefined];
    let count = 0;
    while (!this.is(']') && count < 3) {
      if (this.skip(':')) count += 1;
      else if (this.token.type === 'number') parts[count] = Number(this.next().text);
      else throw this.unexpected();
    }
    this.expect(']');
    return count === 0 ? { type: 'index', index: parts[0] ?? 0 } : { type: 'slice', parts };
  }

  private parseList(): JmesNode {
    const items = [this.parse(0)];
    while (this.skip(',')) items.push(this.parse(0));
    this.expect(']');
    return { type: 'list', items };
  }

  private parseHash(): JmesNode {
    const entries: (readonly [string, JmesNode])[] = [];
    do {
      const key = this.next();
      if (key.type !== 'name' && key.type !== 'quoted') throw this.unexpected();
      this.expect(':');
      entries.push([key.text, this.parse(0)]);
    } while (this.skip(','));
    this.expect('}');
    return { type: 'hash', entries };
  }
}
