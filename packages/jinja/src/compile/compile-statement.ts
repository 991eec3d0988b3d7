import { guardExpression, guardStatement } from '../runtime/guard.ts';
import type { Execute } from '../runtime/template-code.ts';
import type { AutoescapeNode, IfNode, OutputNode, ProfileNode, Statement } from '../syntax/nodes.ts';
import { escapeHtml } from '../formatting/html-text.ts';
import { syntaxFault } from '../source/syntax-fault.ts';
import { fault } from '../template-fault.ts';
import { toText } from '../values/python-text.ts';
import { isTrue } from '../values/truth.ts';
import { analyzeStatements } from './analyze-names.ts';
import { compileFilterBlock, compileLoadData, compileSet, compileSetBlock, compileWith } from './compile-assignment.ts';
import { compileBlock } from './compile-block.ts';
import { sequence } from './compile-body.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompileFrame } from './compile-frame.ts';
import { compileFromImport, compileImport, compileImportData, compileInclude } from './compile-import.ts';
import { compileLoop } from './compile-loop.ts';
import { compileCallBlock, compileMacro } from './compile-macro.ts';
import { originAt, textOriginAt } from './origin.ts';
import { compileEntry } from './slots.ts';

/** Compiles the statements of a body; names must have been analysed. */
export function compileBody(statements: readonly Statement[], at: CompileFrame): Execute {
  return sequence(statements.map((statement) => compileStatement(statement, at)));
}

function compileStatement(node: Statement, at: CompileFrame): Execute {
  switch (node.type) {
    case 'output':
      return compileOutput(node, at);
    case 'if':
      return compileIf(node, at);
    case 'for':
      return compileLoop(node, at, compileBody);
    case 'set':
      return compileSet(node, at);
    case 'do':
      return compileDo(node.expression, at);
    case 'break':
    case 'continue': {
      const { type } = node;
      return () => type;
    }
    case 'extends':
      return compileExtends(node, at);
    case 'profile':
      return compileProfile(node, at);
    case 'autoescape':
      return compileAutoescape(node, at);
    default:
      return compileScoped(node, at);
  }
}

type Scoped = Exclude<
  Statement,
  { type: 'output' | 'if' | 'for' | 'set' | 'do' | 'break' | 'continue' | 'extends' | 'profile' | 'autoescape' }
>;

function compileScoped(node: Scoped, at: CompileFrame): Execute {
  switch (node.type) {
    case 'macro':
      return compileMacro(node, at, compileBody);
    case 'callBlock':
      return compileCallBlock(node, at, compileBody);
    case 'filterBlock':
      return compileFilterBlock(node, at, compileBody);
    case 'setBlock':
      return compileSetBlock(node, at, compileBody);
    case 'loadData':
      return compileLoadData(node, at, compileBody);
    case 'with':
      return compileWith(node, at, compileBody);
    case 'block':
      return compileBlock(node, at, compileBody);
    case 'include':
      return compileInclude(node, at);
    case 'import':
      return compileImport(node, at);
    case 'importData':
      return compileImportData(node, at);
    case 'fromImport':
      return compileFromImport(node, at);
  }
}

function compileOutput(node: OutputNode, at: CompileFrame): Execute {
  const steps = node.parts.map((part) => compilePart(part, at));
  const print = sequence(steps);
  if (!at.checksOutput) return print;
  return (frame, output) => (frame.extended === undefined ? print(frame, output) : 'next');
}

function compilePart(part: OutputNode['parts'][number], at: CompileFrame): Execute {
  const { lines } = at.state;
  if (part.type === 'data') {
    const origin = textOriginAt(lines, part.offset);
    const { text } = part;
    return (_frame, output) => {
      output.write(text, origin);
      return 'next';
    };
  }
  const origin = originAt(lines, part.offset);
  const evaluate = compileExpression(part, at);
  const toPrint = at.autoescape ? escapeHtml : toText;
  return guardStatement(lines, part.offset, (frame, output) => {
    frame.render.print(output, toPrint(evaluate(frame)), origin);
    return 'next';
  });
}

function compileDo(expression: Parameters<typeof compileExpression>[0], at: CompileFrame): Execute {
  const evaluate = compileExpression(expression, at);
  return (frame) => {
    evaluate(frame);
    return 'next';
  };
}

function compileIf(node: IfNode, at: CompileFrame): Execute {
  const soft = at.softened();
  const branches = node.branches.map(({ test, body }) => ({
    test: guardExpression(at.state.lines, test.offset, truthOf(compileExpression(test, soft))),
    body: compileBody(body, soft),
  }));
  const otherwise = compileBody(node.otherwise, soft);
  return (frame, output) => {
    for (const { test, body } of branches) if (test(frame) === true) return body(frame, output);
    return otherwise(frame, output);
  };
}

function truthOf(evaluate: ReturnType<typeof compileExpression>): ReturnType<typeof compileExpression> {
  return (frame) => isTrue(evaluate(frame));
}

function compileExtends(node: Extract<Statement, { type: 'extends' }>, at: CompileFrame): Execute {
  const template = compileExpression(node.template, at);
  const { lines } = at.state;
  return guardStatement(lines, node.offset, (frame) => {
    if (!at.toplevel || at.isBlock) throw fault('extends is only possible at the top level of a template');
    if (frame.extended !== undefined) throw fault('extended multiple times');
    frame.extended = frame.render.loadTemplate(template(frame), lines.file);
    for (const [name, block] of frame.extended.blocks) {
      const stack = frame.context.blocks.get(name);
      if (stack === undefined) frame.context.blocks.set(name, [block]);
      else stack.push(block);
    }
    return 'next';
  });
}

function compileProfile(node: ProfileNode, at: CompileFrame): Execute {
  const label = compileExpression(node.label, at);
  const body = compileBody(node.body, at);
  return (frame, output) => {
    const name = toText(label(frame));
    const { render } = frame;
    const start = render.now().getTime();
    const flow = body(frame, output);
    const seconds = (render.now().getTime() - start) / 1000;
    render.log('profile', `Time (in seconds) to render profile block '${name}': ${seconds}`);
    return flow;
  };
}

function compileAutoescape(node: AutoescapeNode, at: CompileFrame): Execute {
  const { enabled } = node;
  if (enabled.type !== 'constant') {
    const message = 'autoescape has to be given true or false, not an expression';
    throw syntaxFault(at.state.lines, enabled.offset, { message });
  }
  const inside = at.inner({ autoescape: isTrue(enabled.value) });
  analyzeStatements(inside.scope, node.body);
  const body = compileBody(node.body, inside);
  const enter = compileEntry(inside.scope);
  return (frame, output) => {
    enter(frame);
    return body(frame, output);
  };
}
