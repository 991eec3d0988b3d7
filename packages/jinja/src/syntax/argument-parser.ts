import type { CallArgumentNodes, Expression } from './nodes.ts';
import type { TokenStream } from './token-stream.ts';

interface Parser {
  readonly stream: TokenStream;
  parseExpression(): Expression;
}

interface Collected {
  readonly positional: Expression[];
  readonly keyword: { name: string; value: Expression }[];
  spread: Expression | undefined;
  keywordSpread: Expression | undefined;
}

/** Reads the arguments of a call, with their parentheses. */
export function parseArguments(parser: Parser): CallArgumentNodes {
  const { stream } = parser;
  const collected: Collected = { positional: [], keyword: [], spread: undefined, keywordSpread: undefined };
  stream.expect('operator', '(');
  let isFirst = true;
  while (!stream.isOperator(')')) {
    if (!isFirst) stream.expect('operator', ',');
    if (stream.isOperator(')')) break;
    parseArgument(parser, collected);
    isFirst = false;
  }
  stream.expect('operator', ')');
  return collected;
}

function parseArgument(parser: Parser, collected: Collected): void {
  const { stream } = parser;
  if (collected.keywordSpread !== undefined) throw stream.fail('no argument may follow **');
  if (stream.skipOperator('**')) {
    collected.keywordSpread = parser.parseExpression();
    return;
  }
  if (stream.skipOperator('*')) {
    if (collected.spread !== undefined) throw stream.fail('only one *list may be given');
    collected.spread = parser.parseExpression();
    return;
  }
  if (stream.is('name') && stream.following.type === 'operator' && stream.following.value === '=') {
    const name = stream.next().value;
    stream.next();
    collected.keyword.push({ name, value: parser.parseExpression() });
    return;
  }
  if (collected.spread !== undefined || collected.keyword.length > 0) {
    throw stream.fail('positional arguments cannot follow keyword arguments or a *list');
  }
  collected.positional.push(parser.parseExpression());
}
