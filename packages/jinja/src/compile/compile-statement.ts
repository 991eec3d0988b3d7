import { guardExpression, guardStatement } from '../runtime/guard.ts';
import type { Execute } from '../runtime/template-code.ts';
import type { NodeOfType, AutoescapeNode, IfNode, OutputNode, ProfileNode, Statement } from '../syntax/nodes.ts';
import { escapeHtml } from '../formatting/html-text.ts';
import { syntaxFault } from '../source/syntax-fault.ts';
import { fault } from '../template-fault.ts';
import { toText } from '../values/python-text.ts';
import { isTrue } from '../values/truth.ts';
import { analyzeStatements } from './analyze-names.ts';
import { compileFilterBlock, compileLoadData, compileSet, compileSetBlock, compileWith } from './compile-assignment.ts';
import { compileBlock } from './compile-block.ts';
import { sequence } from './compile-body.ts';
import { compileExpression, compileUnguarded } from './compile-expression.ts';
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

type Compilers = {
  readonly [Type in Statement['type']]: (node: NodeOfType<Statement, Type>, at: CompileFrame) => Execute;
};

const compilers: Compilers = {
  output: compileOutput,
  if: compileIf,
  for: (node, at) => compileLoop(node, at, compileBody),
  set: compileSet,
  do: compileDo,
  break: () => () => 'break',
  continue: () => () => 'continue',
  extends: compileExtends,
  profile: compileProfile,
  autoescape: compileAutoescape,
  macro: (node, at) => compileMacro(node, at, compileBody),
  callBlock: (node, at) => compileCallBlock(node, at, compileBody),
  filterBlock: (node, at) => compileFilterBlock(node, at, compileBody),
  setBlock: (node, at) => compileSetBlock(node, at, compileBody),
  loadData: (node, at) => compileLoadData(node, at, compileBody),
  with: (node, at) => compileWith(node, at, compileBody),
  block: (node, at) => compileBlock(node, at, compileBody),
  include: compileInclude,
  import: compileImport,
  importData: compileImportData,
  fromImport: compileFromImport,
};

function compileStatement(node: Statement, at: CompileFrame): Execute {
  const compile = compilers[node.type] as (node: Statement, at: CompileFrame) => Execute;
  return compile(node, at);
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
  const evaluate = compileUnguarded(part, at);
  const toPrint = at.autoescape ? escapeHtml : toText;
  return guardStatement(lines, part.offset, (frame, output) => {
    frame.render.print(output, toPrint(evaluate(frame)), origin);
    return 'next';
  });
}

function compileDo(node: Extract<Statement, { type: 'do' }>, at: CompileFrame): Execute {
  const evaluate = compileExpression(node.expression, at);
  return (frame) => {
    evaluate(frame);
    return 'next';
  };
}

function compileIf(node: IfNode, at: CompileFrame): Execute {
  const soft = at.softened();
  const branches = node.branches.map(({ test, body }) => ({
    test: guardExpression(at.state.lines, test.offset, truthOf(compileUnguarded(test, soft))),
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
