import type { Frame } from '../runtime/frame.ts';
import { callWith } from '../runtime/call.ts';
import { guardStatement } from '../runtime/guard.ts';
import { Macro, type MacroCode } from '../runtime/macro.ts';
import type { Execute } from '../runtime/template-code.ts';
import type { CallBlockNode, MacroNode, MacroParameter, Statement } from '../syntax/nodes.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { toText } from '../values/python-text.ts';
import { analyzeExpression, analyzeStatements } from './analyze-names.ts';
import { compileArguments } from './compile-calls.ts';
import type { CompileBody } from './compile-body.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompileFrame } from './compile-frame.ts';
import { originAt } from './origin.ts';
import { compileNameTarget } from './compile-target.ts';
import { findUndeclared } from './find-undeclared.ts';
import { compileEntry, readSlot, writeSlot } from './slots.ts';
import type { Slot } from './scope.ts';

interface MacroSource {
  readonly name: string;
  readonly parameters: readonly MacroParameter[];
  readonly body: readonly Statement[];
}

const extras = ['caller', 'kwargs', 'varargs'] as const;

function compileMacroCode(source: MacroSource, at: CompileFrame, compileBody: CompileBody): MacroCode {
  const inside = at.innerUnit();
  const { scope } = inside;
  const named = source.parameters.map(({ name }) => ({ name, slot: scope.declareParameter(name) }));
  const used = findUndeclared(source.body, extras);
  const declare = (name: (typeof extras)[number]): Slot | undefined =>
    used.has(name) && !named.some((parameter) => parameter.name === name) ? scope.declareParameter(name) : undefined;
  const [caller, kwargs, varargs] = [declare('caller'), declare('kwargs'), declare('varargs')];
  for (const { fallback } of source.parameters) analyzeExpression(scope, fallback);
  analyzeStatements(scope, source.body);
  const fallbacks = source.parameters.map((parameter, index) =>
    compileFallback(parameter, (named[index] as { slot: Slot }).slot, inside),
  );
  const body = compileBody(source.body, inside);
  const enter = compileEntry(scope);
  const writeOptional = (slot: Slot | undefined): MacroCode['writeRest'] =>
    slot === undefined ? undefined : writeSlot(slot);
  return {
    name: source.name,
    size: scope.unit.size,
    parameters: named.map(({ name, slot }) => ({ name, write: writeSlot(slot) })),
    writeCaller: writeOptional(caller),
    writeKeywords: writeOptional(kwargs),
    writeRest: writeOptional(varargs),
    execute: (frame, output) => {
      enter(frame);
      for (const fallback of fallbacks) fallback(frame);
      return body(frame, output);
    },
  };
}

/** Gives a parameter that was not passed its default. */
function compileFallback(parameter: MacroParameter, slot: Slot, inside: CompileFrame): (frame: Frame) => void {
  const { name, fallback } = parameter;
  const read = readSlot(inside.scope.unit, slot);
  const write = writeSlot(slot);
  const evaluate = fallback === undefined ? undefined : compileExpression(fallback, inside);
  return (frame) => {
    if (read(frame) !== undefined) return;
    write(frame, evaluate === undefined ? notProvided(frame, name) : evaluate(frame));
  };
}

function notProvided(frame: Frame, name: string): RuntimeValue {
  return frame.render.undefined({ message: `parameter '${name}' was not provided` });
}

/** A `macro` tag. */
export function compileMacro(node: MacroNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const code = compileMacroCode(node, at, compileBody);
  const assign = compileNameTarget(node.name, at.isBlock ? at.asTemplateTop() : at);
  return (frame) => {
    assign(frame, new Macro(code, frame));
    return 'next';
  };
}

/** A `call` tag: calls a macro with the body as its `caller`. */
export function compileCallBlock(node: CallBlockNode, at: CompileFrame, compileBody: CompileBody): Execute {
  const code = compileMacroCode({ ...node, name: 'caller' }, at, compileBody);
  const child = (inner: Parameters<typeof compileExpression>[0]) => compileExpression(inner, at);
  const callee = child(node.call.callee);
  const args = compileArguments(node.call.args, child);
  const origin = originAt(at.state.lines, node.offset);
  const print: Execute = (frame, output) => {
    const { positional, keyword } = args(frame);
    const withCaller = new Map<string, RuntimeValue>([...keyword, ['caller', new Macro(code, frame)]]);
    const text = toText(callWith(callee(frame), { positional, keyword: withCaller }));
    if (!at.checksOutput || frame.extended === undefined) frame.render.print(output, text, origin);
    return 'next';
  };
  return guardStatement(at.state.lines, node.call.offset, print);
}
