import type { ComparisonOperator } from '../operators/comparison.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { describeToken } from '../source/token.ts';
import { parseArguments } from './argument-parser.ts';
import type { CallArgumentNodes, CompareNode, Expression, FilterNode, SliceNode } from './nodes.ts';
import { parseNumber } from './number-literal.ts';
import type { TokenStream } from './token-stream.ts';

const noArguments: CallArgumentNodes = { positional: [], keyword: [], spread: undefined, keywordSpread: undefined };

const constants: ReadonlyMap<string, RuntimeValue> = new Map<string, RuntimeValue>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

export interface TupleOptions {
  /** Whether items may be inline conditions. */
  readonly withCondition?: boolean;
  /** Whether the tuple is in parentheses, so that it may be empty. */
  readonly inParentheses?: boolean;
  /** Words that end the tuple. */
  readonly endWords?: readonly string[];
}

/** Reads expressions, with Jinja2's precedences. */
export class ExpressionParser {
  readonly stream: TokenStream;

  constructor(stream: TokenStream) {
    this.stream = stream;
  }

  parseExpression(withCondition = true): Expression {
    return withCondition ? this.parseConditional() : this.parseOr();
  }

  private parseConditional(): Expression {
    let expression = this.parseOr();
    while (this.stream.isWord('if')) {
      const { offset } = this.stream.next();
      const test = this.parseOr();
      const otherwise = this.stream.skipWord('else') ? this.parseConditional() : undefined;
      expression = { type: 'conditional', test, whenTrue: expression, otherwise, offset };
    }
    return expression;
  }

  private parseOr(): Expression {
    let left = this.parseAnd();
    while (this.stream.isWord('or')) {
      const { offset } = this.stream.next();
      left = { type: 'or', left, right: this.parseAnd(), offset };
    }
    return left;
  }

  private parseAnd(): Expression {
    let left = this.parseNot();
    while (this.stream.isWord('and')) {
      const { offset } = this.stream.next();
      left = { type: 'and', left, right: this.parseNot(), offset };
    }
    return left;
  }

  private parseNot(): Expression {
    if (!this.stream.isWord('not')) return this.parseCompare();
    const { offset } = this.stream.next();
    return { type: 'not', operand: this.parseNot(), offset };
  }

  private parseCompare(): Expression {
    const first = this.parseSum();
    const steps: { operator: ComparisonOperator; operand: Expression; offset: number }[] = [];
    for (;;) {
      const { offset } = this.stream.current;
      const operator = this.takeComparison();
      if (operator === undefined) break;
      steps.push({ operator, operand: this.parseSum(), offset });
    }
    const [step] = steps;
    return step === undefined ? first : ({ type: 'compare', first, steps, offset: step.offset } satisfies CompareNode);
  }

  private takeComparison(): ComparisonOperator | undefined {
    const { current, following } = this.stream;
    if (current.type === 'operator' && comparisons.has(current.value)) {
      return this.stream.next().value as ComparisonOperator;
    }
    if (this.stream.skipWord('in')) return 'in';
    if (!this.stream.isWord('not') || following.type !== 'name' || following.value !== 'in') return undefined;
    this.stream.next();
    this.stream.next();
    return 'not in';
  }

  private parseSum(): Expression {
    let left = this.parseConcat();
    while (this.stream.isOperator('+') || this.stream.isOperator('-')) {
      const { offset, value } = this.stream.next();
      left = { type: 'binary', operator: value === '+' ? '+' : '-', left, right: this.parseConcat(), offset };
    }
    return left;
  }

  private parseConcat(): Expression {
    const { offset } = this.stream.current;
    const parts = [this.parseProduct()];
    while (this.stream.skipOperator('~')) parts.push(this.parseProduct());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { type: 'concat', parts, offset };
  }

  private parseProduct(): Expression {
    let left = this.parsePower();
    for (;;) {
      const sign = (['*', '/', '//', '%'] as const).find((candidate) => this.stream.isOperator(candidate));
      if (sign === undefined) return left;
      const { offset } = this.stream.next();
      left = { type: 'binary', operator: sign, left, right: this.parsePower(), offset };
    }
  }

  private parsePower(): Expression {
    let left = this.parseUnary();
    while (this.stream.isOperator('**')) {
      const { offset } = this.stream.next();
      left = { type: 'binary', operator: '**', left, right: this.parseUnary(), offset };
    }
    return left;
  }

  parseUnary(withFilters = true): Expression {
    const { offset } = this.stream.current;
    let node: Expression;
    if (this.stream.skipOperator('-')) node = { type: 'sign', operator: '-', operand: this.parseUnary(false), offset };
    else if (this.stream.skipOperator('+'))
      node = { type: 'sign', operator: '+', operand: this.parseUnary(false), offset };
    else node = this.parsePrimary();
    const postfixed = this.parsePostfix(node);
    return withFilters ? this.parseFilters(postfixed) : postfixed;
  }

  private parsePrimary(): Expression {
    const token = this.stream.current;
    const { offset } = token;
    if (token.type === 'name') return this.parseName();
    if (token.type === 'string') return { type: 'constant', value: this.parseTexts(), offset };
    if (token.type === 'integer' || token.type === 'float') {
      return { type: 'constant', value: parseNumber(this.stream.next()), offset };
    }
    if (this.stream.skipOperator('(')) {
      const inner = this.parseTuple({ inParentheses: true });
      this.stream.expect('operator', ')');
      return inner;
    }
    if (this.stream.isOperator('[')) return { type: 'list', items: this.parseListItems(), offset };
    if (this.stream.isOperator('{')) return this.parseDict();
    throw this.stream.fail(`expected an expression, got ${describeToken(token)}`);
  }

  private parseName(): Expression {
    const { value: name, offset } = this.stream.next();
    const constant = constants.get(name);
    return constant === undefined ? { type: 'name', name, offset } : { type: 'constant', value: constant, offset };
  }

  private parseTexts(): string {
    let text = '';
    while (this.stream.is('string')) text += this.stream.next().value;
    return text;
  }

  private parseListItems(): Expression[] {
    this.stream.expect('operator', '[');
    const items: Expression[] = [];
    while (!this.stream.isOperator(']')) {
      if (items.length > 0) this.stream.expect('operator', ',');
      if (this.stream.isOperator(']')) break;
      items.push(this.parseExpression());
    }
    this.stream.expect('operator', ']');
    return items;
  }

  private parseDict(): Expression {
    const { offset } = this.stream.expect('operator', '{');
    const pairs: { key: Expression; value: Expression }[] = [];
    while (!this.stream.isOperator('}')) {
      if (pairs.length > 0) this.stream.expect('operator', ',');
      if (this.stream.isOperator('}')) break;
      const key = this.parseExpression();
      this.stream.expect('operator', ':');
      pairs.push({ key, value: this.parseExpression() });
    }
    this.stream.expect('operator', '}');
    return { type: 'dict', pairs, offset };
  }

  /** One expression, or several with commas between them as a tuple. */
  parseTuple(options: TupleOptions = {}): Expression {
    const { offset } = this.stream.current;
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0 && !this.stream.skipOperator(',')) break;
      isTuple = items.length > 0;
      if (this.endsTuple(options.endWords ?? [])) break;
      items.push(this.parseExpression(options.withCondition ?? true));
    }
    const [only] = items;
    if (!isTuple && only !== undefined) return only;
    if (only === undefined && options.inParentheses !== true) {
      throw this.stream.fail(`expected an expression, got ${describeToken(this.stream.current)}`);
    }
    return { type: 'tuple', items, offset };
  }

  private endsTuple(endWords: readonly string[]): boolean {
    const { type, value } = this.stream.current;
    if (type === 'variable_end' || type === 'block_end') return true;
    return this.stream.isOperator(')') || (type === 'name' && endWords.includes(value));
  }

  private parsePostfix(node: Expression): Expression {
    let current = node;
    for (;;) {
      if (this.stream.isOperator('.') || this.stream.isOperator('[')) current = this.parseSubscript(current);
      else if (this.stream.isOperator('(')) current = this.parseCall(current);
      else return current;
    }
  }

  private parseFilters(node: Expression): Expression {
    let current = node;
    for (;;) {
      if (this.stream.skipOperator('|')) current = this.parseFilter(current);
      else if (this.stream.isWord('is')) current = this.parseTest(current);
      else if (this.stream.isOperator('(')) current = this.parseCall(current);
      else return current;
    }
  }

  private parseCall(callee: Expression): Expression {
    const { offset } = this.stream.current;
    return {
      type: 'call',
      callee,
      args: parseArguments(this),
      offset: callee.type === 'name' ? callee.offset : offset,
    };
  }

  private parseSubscript(object: Expression): Expression {
    const { value: sign } = this.stream.next();
    const { offset } = this.stream.current;
    if (sign === '[') return this.parseBrackets(object);
    if (this.stream.is('name')) return { type: 'attribute', object, name: this.stream.next().value, offset };
    if (!this.stream.is('integer')) throw this.stream.unexpected('a name or number');
    const key: Expression = { type: 'constant', value: parseNumber(this.stream.next()), offset };
    return { type: 'subscript', object, key, offset };
  }

  private parseBrackets(object: Expression): Expression {
    const { offset } = this.stream.current;
    const keys: Expression[] = [];
    while (!this.stream.isOperator(']')) {
      if (keys.length > 0) this.stream.expect('operator', ',');
      keys.push(this.parseSliceOrKey());
    }
    this.stream.expect('operator', ']');
    const [only] = keys;
    if (only === undefined) throw this.stream.fail('expected a key between the brackets', undefined, offset);
    const key: Expression = keys.length === 1 ? only : { type: 'tuple', items: keys, offset };
    return { type: 'subscript', object, key, offset };
  }

  private parseSliceOrKey(): Expression {
    const { offset } = this.stream.current;
    const start = this.stream.isOperator(':') ? undefined : this.parseExpression();
    if (!this.stream.skipOperator(':')) {
      if (start === undefined) throw this.stream.unexpected('a key');
      return start;
    }
    const stop = this.parseSlicePart();
    const step = this.stream.skipOperator(':') ? this.parseSlicePart() : undefined;
    return { type: 'slice', start, stop, step, offset } satisfies SliceNode;
  }

  private parseSlicePart(): Expression | undefined {
    const ends = this.stream.isOperator(':') || this.stream.isOperator(']') || this.stream.isOperator(',');
    return ends ? undefined : this.parseExpression();
  }

  private parseDottedName(): string {
    let name = this.stream.expect('name').value;
    while (this.stream.skipOperator('.')) name += `.${this.stream.expect('name').value}`;
    return name;
  }

  /** A filter after its `|`. */
  parseFilter(input: Expression | undefined): FilterNode {
    const { offset } = this.stream.current;
    const name = this.parseDottedName();
    const args = this.stream.isOperator('(') ? parseArguments(this) : noArguments;
    return { type: 'filter', input, name, args, offset };
  }

  private parseTest(input: Expression): Expression {
    const { offset } = this.stream.next();
    const isNegated = this.stream.skipWord('not');
    const nameAt = this.stream.current.offset;
    const name = this.parseDottedName();
    const args = this.parseTestArguments();
    const test: Expression = { type: 'test', input, name, args, offset: nameAt };
    return isNegated ? { type: 'not', operand: test, offset } : test;
  }

  private parseTestArguments(): CallArgumentNodes {
    if (this.stream.isOperator('(')) return parseArguments(this);
    if (!this.startsTestArgument()) return noArguments;
    if (this.stream.isWord('is')) throw this.stream.fail('tests cannot be chained with is', 'join them with and');
    return { ...noArguments, positional: [this.parsePostfix(this.parsePrimary())] };
  }

  private startsTestArgument(): boolean {
    const { type, value } = this.stream.current;
    if (type === 'name') return !['else', 'or', 'and', 'if'].includes(value);
    if (type === 'string' || type === 'integer' || type === 'float') return true;
    return this.stream.isOperator('[') || this.stream.isOperator('{');
  }
}
