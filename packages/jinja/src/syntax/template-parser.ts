import { closestName } from '@brine/common';
import { describeToken, type Token } from '../source/token.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { DataNode, Expression, NameNode, OutputNode, Statement, Target } from './nodes.ts';
import { TokenStream } from './token-stream.ts';
import type { TokenizedTemplate } from '../source/lexer.ts';
import { TemplateFault } from '../template-fault.ts';

/** Reads one tag; the stream stands behind its name. */
export type TagParser = (parser: TemplateParser, tag: Token) => Statement;

export type TagTable = ReadonlyMap<string, TagParser>;

interface OpenTag {
  readonly name: string;
  readonly line: number;
  readonly ends: readonly string[];
}

/** A template as a tree. */
export interface TemplateTree {
  readonly body: readonly Statement[];
}

/** Reads a template. Of two mistakes the one that stands first is reported. */
export function parseTemplate(tokenized: TokenizedTemplate, tags: TagTable): TemplateTree {
  const parser = new TemplateParser(new TokenStream(tokenized), tags);
  try {
    return { body: parser.parseBody() };
  } catch (error) {
    throw error instanceof TemplateFault ? earlier(error, tokenized.fault ?? error) : error;
  }
}

function earlier(one: TemplateFault, other: TemplateFault): TemplateFault {
  if (one.place === undefined || other.place === undefined) return one;
  const lines = other.place.line - one.place.line;
  return lines < 0 || (lines === 0 && other.place.column < one.place.column) ? other : one;
}

/** Reads statements. What tags need to read themselves is public. */
export class TemplateParser {
  readonly stream: TokenStream;
  readonly expressions: ExpressionParser;
  /** Loops around the current tag. */
  loopDepth = 0;
  readonly blockNames = new Set<string>();
  private readonly tags: TagTable;
  private readonly open: OpenTag[] = [];

  constructor(stream: TokenStream, tags: TagTable) {
    this.stream = stream;
    this.expressions = new ExpressionParser(stream);
    this.tags = tags;
  }

  /** Reads up to one of `ends`, or to the end of the template where there are none. */
  parseBody(ends: readonly string[] = []): readonly Statement[] {
    const body: Statement[] = [];
    let printed: (DataNode | Expression)[] = [];
    const flush = (): void => {
      const [first] = printed;
      if (first !== undefined) body.push({ type: 'output', parts: printed, offset: first.offset } satisfies OutputNode);
      printed = [];
    };
    while (!this.stream.is('eof')) {
      if (this.stream.is('data')) {
        const { value: text, offset } = this.stream.next();
        printed.push({ type: 'data', text, offset });
      } else if (this.stream.skip('variable_begin')) {
        printed.push(this.expressions.parseTuple());
        this.stream.expect('variable_end');
      } else {
        flush();
        const statement = this.parseTagOrEnd(ends);
        if (statement === undefined) return body;
        body.push(statement);
      }
    }
    flush();
    return body;
  }

  private parseTagOrEnd(ends: readonly string[]): Statement | undefined {
    this.stream.expect('block_begin');
    if (this.stream.is('name') && ends.includes(this.stream.current.value)) return undefined;
    if (!this.stream.is('name')) throw this.stream.unexpected('the name of a tag');
    const tag = this.stream.next();
    const parse = this.tags.get(tag.value);
    if (parse === undefined) throw this.unknownTag(tag);
    const statement = parse(this, tag);
    this.stream.expect('block_end');
    return statement;
  }

  /**
   * Reads the body of a tag: from the end of its opening to one of `ends`, on whose word the stream then stands.
   */
  parseTagBody(tag: Token, ends: readonly string[]): readonly Statement[] {
    this.stream.skipOperator(':');
    this.stream.expect('block_end');
    this.open.push({ name: tag.value, line: this.stream.lines.lineAt(tag.offset), ends });
    const body = this.parseBody(ends);
    if (this.stream.is('eof')) throw this.unclosed(tag, ends);
    this.open.pop();
    return body;
  }

  /** Like {@link parseTagBody} with one end, whose word is taken as well. */
  parseWholeBody(tag: Token, end: string): readonly Statement[] {
    const body = this.parseTagBody(tag, [end]);
    this.stream.next();
    return body;
  }

  private unclosed(tag: Token, ends: readonly string[]): Error {
    const last = ends.at(-1) ?? '';
    return this.stream.fail(
      `unexpected end of template: tag '${tag.value}' is never closed`,
      `close it with ${last}`,
      tag.offset,
    );
  }

  private unknownTag(tag: Token): Error {
    const innermost = this.open.at(-1);
    if (innermost !== undefined && (tag.value.startsWith('end') || tag.value === 'else' || tag.value === 'elif')) {
      const wanted = innermost.ends.map((end) => `'${end}'`).join(' or ');
      const message = `unexpected tag '${tag.value}': the innermost open tag is '${innermost.name}' of line ${innermost.line}, which needs ${wanted}`;
      return this.stream.fail(message, undefined, tag.offset);
    }
    const nearest = closestName(tag.value, this.tags.keys());
    const help = nearest === undefined ? undefined : `did you mean '${nearest}'?`;
    return this.stream.fail(`unknown tag '${tag.value}'`, help, tag.offset);
  }

  parseNameTarget(): NameNode {
    const { value: name, offset } = this.stream.expect('name');
    if (['true', 'false', 'none', 'True', 'False', 'None'].includes(name)) {
      throw this.stream.fail(`'${name}' cannot be assigned to`, undefined, offset);
    }
    return { type: 'name', name, offset };
  }

  /** One name, several, or where allowed an attribute of a namespace. */
  parseTarget(options: { readonly withNamespace?: boolean; readonly endWords?: readonly string[] } = {}): Target {
    const { offset } = this.stream.current;
    const items: Target[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0 && !this.stream.skipOperator(',')) break;
      isTuple = items.length > 0;
      if (items.length > 0 && this.endsTarget(options.endWords ?? [])) break;
      items.push(this.parseTargetItem(options.withNamespace ?? false));
    }
    const [only] = items;
    return !isTuple && only !== undefined ? only : { type: 'tupleTarget', items, offset };
  }

  private endsTarget(endWords: readonly string[]): boolean {
    const { type, value } = this.stream.current;
    return (
      type === 'block_end' || (type === 'operator' && value !== '(') || (type === 'name' && endWords.includes(value))
    );
  }

  private parseTargetItem(withNamespace: boolean): Target {
    if (this.stream.skipOperator('(')) {
      const inner = this.parseTarget({ withNamespace });
      this.stream.expect('operator', ')');
      return inner;
    }
    if (!this.stream.is('name')) {
      throw this.stream.fail(`expected a name to assign to, got ${describeToken(this.stream.current)}`);
    }
    const target = this.parseNameTarget();
    if (!withNamespace || !this.stream.skipOperator('.')) return target;
    const attribute = this.stream.expect('name').value;
    return { type: 'namespaceTarget', name: target.name, attribute, offset: target.offset };
  }
}
