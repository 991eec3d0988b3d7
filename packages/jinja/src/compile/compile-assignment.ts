import type { Frame } from '../runtime/frame.ts';
import { guardStatement } from '../runtime/guard.ts';
import { Output } from '../runtime/output.ts';
import type { Execute } from '../runtime/template-code.ts';
import type {
  FilterBlockNode,
  FilterNode,
  LoadDataNode,
  SetBlockNode,
  SetNode,
  Statement,
  WithNode,
} from '../syntax/nodes.ts';
import { toText } from '../values/python-text.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { analyzeExpression, analyzeStatements, declareTarget } from './analyze-names.ts';
import type { CompileBody } from './compile-body.ts';
import { compileFilterStep } from './compile-calls.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompileFrame } from './compile-frame.ts';
import { compileTarget, guardAssign } from './compile-target.ts';
import { originAt } from './origin.ts';
import { compileEntry } from './slots.ts';

/** A `set` tag with a value. */
export function compileSet(node: SetNode, at: CompileFrame): Execute {
  const value = compileExpression(node.value, at);
  const assign = guardAssign(compileTarget(node.target, at), at, node.target.offset);
  return (frame) => {
    assign(frame, value(frame));
    return 'next';
  };
}

type Capture = (frame: Frame) => Output;

/** Runs a body in a scope of its own and keeps what it prints. */
function compileCapture(body: readonly Statement[], inside: CompileFrame, compileBody: CompileBody): Capture {
  analyzeStatements(inside.scope, body);
  const run = compileBody(body, inside);
  const enter = compileEntry(inside.scope);
  return (frame) => {
    const output = new Output(frame.render.outputLimit);
    enter(frame);
    run(frame, output);
    return output;
  };
}

/** Runs a chain of filters, as tags have it, over a text. */
function compileFilterChain(
  node: FilterNode,
  inside: CompileFrame,
): (input: RuntimeValue, frame: Frame) => RuntimeValue {
  const child = (inner: Parameters<typeof compileExpression>[0]) => compileExpression(inner, inside);
  const step = compileFilterStep(node, inside, child);
  if (node.input === undefined || node.input.type !== 'filter') return step;
  const before = compileFilterChain(node.input, inside);
  return (input, frame) => step(before(input, frame), frame);
}

/** A `set` tag with a body. */
export function compileSetBlock(node: SetBlockNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const inside = at.inner({ checksOutput: false });
  analyzeExpression(inside.scope, node.filter);
  const capture = compileCapture(node.body, inside, compileBody);
  const filter = node.filter === undefined ? undefined : compileFilterChain(node.filter, inside);
  const assign = guardAssign(compileTarget(node.target, at), at, node.target.offset);
  const offset = node.filter?.offset ?? node.offset;
  return guardStatement(at.state.lines, offset, (frame) => {
    const text = frame.render.rememberOrigins(capture(frame));
    assign(frame, filter === undefined ? text : filter(text, frame));
    return 'next';
  });
}

/** A `filter` tag. */
export function compileFilterBlock(node: FilterBlockNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const inside = at.inner({ checksOutput: false });
  analyzeExpression(inside.scope, node.filter);
  const capture = compileCapture(node.body, inside, compileBody);
  const filter = compileFilterChain(node.filter, inside);
  const origin = originAt(at.state.lines, node.offset);
  return guardStatement(at.state.lines, node.filter.offset, (frame, output) => {
    const body = capture(frame);
    const text = toText(filter(body.text, frame));
    if (at.checksOutput && frame.extended !== undefined) return 'next';
    // A filter that keeps the number of lines is taken to keep the lines.
    if (countLines(body.text) === countLines(text)) output.writeLines(text, body.lineOrigins());
    else output.write(text, origin);
    return 'next';
  });
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** `load_yaml` and its kin: the printed body, read as data. */
export function compileLoadData(node: LoadDataNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const inside = at.inner({ checksOutput: false });
  const capture = compileCapture(node.body, inside, compileBody);
  const assign = guardAssign(compileTarget(node.target, at), at, node.target.offset);
  const { lines } = at.state;
  return guardStatement(lines, node.offset, (frame) => {
    assign(frame, frame.render.readData(node.format, lines.file, capture(frame)));
    return 'next';
  });
}

/** A `with` tag; its values are evaluated outside of it. */
export function compileWith(node: WithNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const values = node.assignments.map(({ value }) => compileExpression(value, at));
  const inside = at.inner();
  for (const { target } of node.assignments) declareTarget(inside.scope, target);
  analyzeStatements(inside.scope, node.body);
  const assigns = node.assignments.map(({ target }) => compileTarget(target, inside));
  const run = compileBody(node.body, inside);
  const enter = compileEntry(inside.scope);
  return (frame, output) => {
    const given = values.map((value) => value(frame));
    enter(frame);
    assigns.forEach((assign, index) => assign(frame, given[index] as RuntimeValue));
    return run(frame, output);
  };
}
