import type { CallBlockNode, FilterBlockNode, MacroNode, MacroParameter, SetBlockNode, SetNode } from './nodes.ts';
import type { FilterNode } from './nodes.ts';
import type { TagParser, TemplateParser } from './template-parser.ts';

const parseSet: TagParser = (parser, tag) => {
  const { stream } = parser;
  const target = parser.parseTarget({ withNamespace: true });
  if (stream.skipOperator('=')) {
    return { type: 'set', target, value: parser.expressions.parseTuple(), offset: tag.offset } satisfies SetNode;
  }
  const filter = stream.skipOperator('|') ? parseFilterChain(parser) : undefined;
  if (!stream.is('block_end')) throw stream.unexpected("'=' and a value, or the end of the tag");
  const body = parser.parseWholeBody(tag, 'endset');
  return { type: 'setBlock', target, filter, body, offset: tag.offset } satisfies SetBlockNode;
};

function parseFilterChain(parser: TemplateParser): FilterNode {
  let filter = parser.expressions.parseFilter(undefined);
  while (parser.stream.skipOperator('|')) filter = parser.expressions.parseFilter(filter);
  return filter;
}

function parseParameters(parser: TemplateParser): MacroParameter[] {
  const { stream } = parser;
  const parameters: MacroParameter[] = [];
  stream.expect('operator', '(');
  while (!stream.isOperator(')')) {
    if (parameters.length > 0) stream.expect('operator', ',');
    const { name, offset } = parser.parseNameTarget();
    const fallback = stream.skipOperator('=') ? parser.expressions.parseExpression() : undefined;
    if (fallback === undefined && parameters.some((earlier) => earlier.fallback !== undefined)) {
      throw stream.fail(`parameter '${name}' without a default follows one with a default`, undefined, offset);
    }
    if (name === 'caller' && fallback === undefined) {
      throw stream.fail("the parameter 'caller' has to have a default", undefined, offset);
    }
    parameters.push({ name, fallback });
  }
  stream.expect('operator', ')');
  return parameters;
}

/** Loops outside of a macro cannot be left from inside it. */
function outsideLoops<Result>(parser: TemplateParser, parse: () => Result): Result {
  const depth = parser.loopDepth;
  parser.loopDepth = 0;
  const result = parse();
  parser.loopDepth = depth;
  return result;
}

const parseMacro: TagParser = (parser, tag) => {
  const { name } = parser.parseNameTarget();
  const parameters = parseParameters(parser);
  const body = outsideLoops(parser, () => parser.parseWholeBody(tag, 'endmacro'));
  return { type: 'macro', name, parameters, body, offset: tag.offset } satisfies MacroNode;
};

const parseCallBlock: TagParser = (parser, tag) => {
  const { stream } = parser;
  const parameters = stream.isOperator('(') ? parseParameters(parser) : [];
  const { offset } = stream.current;
  const call = parser.expressions.parseExpression();
  if (call.type !== 'call') throw stream.fail("expected the call of a macro after 'call'", undefined, offset);
  const body = outsideLoops(parser, () => parser.parseWholeBody(tag, 'endcall'));
  return { type: 'callBlock', call, parameters, body, offset: tag.offset } satisfies CallBlockNode;
};

const parseFilterBlock: TagParser = (parser, tag) => {
  const filter = parseFilterChain(parser);
  const body = parser.parseWholeBody(tag, 'endfilter');
  return { type: 'filterBlock', filter, body, offset: tag.offset } satisfies FilterBlockNode;
};

export const definitionTags: readonly (readonly [string, TagParser])[] = [
  ['set', parseSet],
  ['macro', parseMacro],
  ['call', parseCallBlock],
  ['filter', parseFilterBlock],
];
