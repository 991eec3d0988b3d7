import type { Frame } from '../runtime/frame.ts';
import { guardStatement } from '../runtime/guard.ts';
import { LoopContext } from '../runtime/loop-context.ts';
import { Output } from '../runtime/output.ts';
import { ticking } from '../runtime/runtime.ts';
import type { Execute, Flow } from '../runtime/template-code.ts';
import type { ForNode } from '../syntax/nodes.ts';
import { toFault } from '../runtime/guard.ts';
import { iterate } from '../values/iteration.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';
import { analyzeExpression, analyzeStatements, declareTarget } from './analyze-names.ts';
import type { CompileBody } from './compile-body.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompileFrame } from './compile-frame.ts';
import { compileTarget, guardAssign, type Assign } from './compile-target.ts';
import { findUndeclared, readsName } from './find-undeclared.ts';
import { hasScopedBlock } from './has-scoped-block.ts';
import { compileEntry, writeSlot } from './slots.ts';

/** The parts of a loop, compiled. */
interface LoopCode {
  readonly assign: Assign;
  readonly enter: (frame: Frame) => void;
  readonly body: Execute;
  readonly filter: ((frame: Frame, items: Iterable<RuntimeValue>) => Iterable<RuntimeValue>) | undefined;
  /** Where `loop` is kept, when the loop uses it. */
  readonly keepLoop: ((frame: Frame, loop: LoopContext) => void) | undefined;
  readonly otherwise: Execute | undefined;
}

/** A `for` tag. */
export function compileLoop(node: ForNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const iterable = compileExpression(node.iterable, at);
  const owner = node.recursive ? at.innerUnit() : at;
  const code = compileLoopCode(node, owner, compileBody);
  const run = node.recursive ? recursiveLoop(code, owner.scope.unit) : plainLoop(code);
  return guardStatement(at.state.lines, node.iterable.offset, (frame, output) => run(frame, iterable(frame), output));
}

type RunLoop = (frame: Frame, source: RuntimeValue, output: Output) => Flow;

function compileLoopCode(node: ForNode, owner: CompileFrame, compileBody: CompileBody): LoopCode {
  const inside = owner.inner();
  const keepsLoop = usesLoop(node);
  const loopSlot = keepsLoop ? inside.scope.declareParameter('loop') : undefined;
  declareTarget(inside.scope, node.target);
  analyzeStatements(inside.scope, node.body);
  return {
    assign: guardAssign(compileTarget(node.target, inside), inside, node.target.offset),
    body: compileBody(node.body, inside),
    enter: compileEntry(inside.scope),
    filter: compileLoopFilter(node, owner),
    keepLoop: loopSlot === undefined ? undefined : writeSlot(loopSlot),
    otherwise: compileOtherwise(node, owner, compileBody),
  };
}

/** Jinja makes `loop` only for loops that mention it, that recurse or that hold a block which may. */
function usesLoop(node: ForNode): boolean {
  if (node.recursive || hasScopedBlock(node.body)) return true;
  return findUndeclared(node.body, ['loop']).has('loop') || readsName(node.test, 'loop');
}

function compileLoopFilter(node: ForNode, owner: CompileFrame): LoopCode['filter'] {
  if (node.test === undefined) return undefined;
  const inside = owner.inner();
  declareTarget(inside.scope, node.target);
  analyzeExpression(inside.scope, node.test);
  const assign = guardAssign(compileTarget(node.target, inside), inside, node.target.offset);
  const enter = compileEntry(inside.scope);
  const test = compileExpression(node.test, inside);
  return function* filter(frame, items) {
    for (const item of items) {
      assign(frame, item);
      enter(frame);
      if (isTrue(test(frame))) yield item;
    }
  };
}

function compileOtherwise(node: ForNode, owner: CompileFrame, compileBody: CompileBody): Execute | undefined {
  if (node.otherwise.length === 0) return undefined;
  const inside = owner.inner();
  analyzeStatements(inside.scope, node.otherwise);
  const body = compileBody(node.otherwise, inside);
  const enter = compileEntry(inside.scope);
  return (frame, output) => {
    enter(frame);
    return body(frame, output);
  };
}

function plainLoop(code: LoopCode): RunLoop {
  if (code.keepLoop !== undefined)
    return (frame, source, output) => runWithLoop(code, { frame, source, depth: 0 }, output);
  return (frame, source, output) => {
    const items = iterate(source);
    const chosen = code.filter === undefined ? items : code.filter(frame, items);
    let count = 0;
    for (const item of ticking(frame.render, chosen)) {
      count += 1;
      code.assign(frame, item);
      code.enter(frame);
      if (code.body(frame, output) === 'break') break;
    }
    return count === 0 && code.otherwise !== undefined ? code.otherwise(frame, output) : 'next';
  };
}

interface LoopRun {
  readonly frame: Frame;
  readonly source: RuntimeValue;
  readonly depth: number;
  readonly recurse?: (items: RuntimeValue, depth: number) => string;
}

function runWithLoop(code: LoopCode, run: LoopRun, output: Output): Flow {
  const { frame, source, depth } = run;
  const items = iterate(source);
  const chosen = code.filter === undefined ? items : code.filter(frame, items);
  const loop = new LoopContext({
    // A filtered loop has no length of its own: it has to be counted.
    source: code.filter === undefined ? source : null,
    items: chosen,
    runtime: frame.render,
    depth,
    recurse: run.recurse,
  });
  let count = 0;
  for (let item = loop.advance(); item !== undefined; item = loop.advance()) {
    frame.render.tick();
    count += 1;
    code.keepLoop?.(frame, loop);
    code.assign(frame, item);
    code.enter(frame);
    if (code.body(frame, output) === 'break') break;
  }
  return count === 0 && code.otherwise !== undefined ? code.otherwise(frame, output) : 'next';
}

function recursiveLoop(code: LoopCode, unit: { readonly size: number }): RunLoop {
  return (outer, source, output) => {
    const run = (items: RuntimeValue, depth: number, target: Output): Flow =>
      runWithLoop(code, { frame: outer.inner(unit.size), source: items, depth, recurse }, target);
    const recurse = (items: RuntimeValue, depth: number): string => {
      const printed = new Output(outer.render.outputLimit);
      outer.render.deeper(() => leaveLoop(() => run(items, depth, printed)));
      return printed.text;
    };
    return run(source, 0, output);
  };
}

function leaveLoop(run: () => Flow): void {
  try {
    run();
  } catch (error) {
    const found = toFault(error);
    found.leaving = 'the recursive loop';
    throw found;
  }
}
