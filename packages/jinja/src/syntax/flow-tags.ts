import type { Token } from '../source/token.ts';
import type { BlockNode, Expression, ForNode, IfNode, OutputNode, Statement, WithNode } from './nodes.ts';
import type { TagParser, TemplateParser } from './template-parser.ts';

const parseIf: TagParser = (parser, tag) => {
  const branches: { test: Expression; body: readonly Statement[] }[] = [];
  let otherwise: readonly Statement[] = [];
  for (;;) {
    const test = parser.expressions.parseTuple({ withCondition: false });
    branches.push({ test, body: parser.parseTagBody(tag, ['elif', 'else', 'endif']) });
    const end = parser.stream.next().value;
    if (end === 'elif') continue;
    if (end === 'else') otherwise = parser.parseWholeBody(tag, 'endif');
    return { type: 'if', branches, otherwise, offset: tag.offset } satisfies IfNode;
  }
};

const parseFor: TagParser = (parser, tag) => {
  const { stream } = parser;
  const target = parser.parseTarget({ endWords: ['in'] });
  stream.expect('name', 'in');
  const iterable = parser.expressions.parseTuple({ withCondition: false, endWords: ['recursive'] });
  const test = stream.skipWord('if') ? parser.expressions.parseExpression() : undefined;
  const recursive = stream.skipWord('recursive');
  parser.loopDepth += 1;
  const body = parser.parseTagBody(tag, ['endfor', 'else']);
  parser.loopDepth -= 1;
  const otherwise = stream.next().value === 'else' ? parser.parseWholeBody(tag, 'endfor') : [];
  return { type: 'for', target, iterable, test, recursive, body, otherwise, offset: tag.offset } satisfies ForNode;
};

const parseWith: TagParser = (parser, tag) => {
  const { stream } = parser;
  const assignments: WithNode['assignments'][number][] = [];
  while (!stream.is('block_end')) {
    if (assignments.length > 0) stream.expect('operator', ',');
    const target = parser.parseNameTarget();
    stream.expect('operator', '=');
    assignments.push({ target, value: parser.expressions.parseExpression() });
  }
  return { type: 'with', assignments, body: parser.parseWholeBody(tag, 'endwith'), offset: tag.offset };
};

const parseBlock: TagParser = (parser, tag) => {
  const { stream } = parser;
  const { value: name, offset } = stream.expect('name');
  if (parser.blockNames.has(name)) throw stream.fail(`block '${name}' is defined twice`, undefined, offset);
  parser.blockNames.add(name);
  const scoped = stream.skipWord('scoped');
  const required = stream.skipWord('required');
  if (stream.isOperator('-')) throw stream.fail('names of blocks cannot contain -', 'write _ instead');
  const body = parser.parseWholeBody(tag, 'endblock');
  if (required && !body.every(isBlank))
    throw stream.fail('a required block cannot have content', undefined, tag.offset);
  stream.skipWord(name);
  return { type: 'block', name, scoped, required, body, offset: tag.offset } satisfies BlockNode;
};

function isBlank(statement: Statement): boolean {
  return (
    statement.type === 'output' && statement.parts.every((part) => part.type === 'data' && part.text.trim() === '')
  );
}

const parsePrint: TagParser = (parser, tag) => {
  const parts: Expression[] = [];
  while (!parser.stream.is('block_end')) {
    if (parts.length > 0) parser.stream.expect('operator', ',');
    parts.push(parser.expressions.parseExpression());
  }
  return { type: 'output', parts, offset: tag.offset } satisfies OutputNode;
};

function parseLoopControl(type: 'break' | 'continue'): TagParser {
  return (parser: TemplateParser, tag: Token) => {
    if (parser.loopDepth === 0) throw parser.stream.fail(`'${type}' outside of a loop`, undefined, tag.offset);
    return { type, offset: tag.offset };
  };
}

export const flowTags: readonly (readonly [string, TagParser])[] = [
  ['if', parseIf],
  ['for', parseFor],
  ['with', parseWith],
  ['block', parseBlock],
  ['print', parsePrint],
  ['break', parseLoopControl('break')],
  ['continue', parseLoopControl('continue')],
  [
    'autoescape',
    (parser, tag) => {
      const enabled = parser.expressions.parseExpression();
      return { type: 'autoescape', enabled, body: parser.parseWholeBody(tag, 'endautoescape'), offset: tag.offset };
    },
  ],
  ['do', (parser, tag) => ({ type: 'do', expression: parser.expressions.parseTuple(), offset: tag.offset })],
];
