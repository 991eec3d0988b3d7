import { closestName } from '@brine/common';
import { methodsOf } from '../methods/method-tables.ts';
import { callWith } from '../runtime/call.ts';
import { bindArguments, positionalArguments, type BoundArguments, type Routine } from '../runtime/routine.ts';
import type { Evaluate } from '../runtime/template-code.ts';
import type { Frame } from '../runtime/frame.ts';
import { syntaxFault } from '../source/syntax-fault.ts';
import type { CallArgumentNodes, CallNode, Expression, FilterNode, TestNode } from '../syntax/nodes.ts';
import { fault } from '../template-fault.ts';
import { iterate } from '../values/iteration.ts';
import { repr } from '../values/python-text.ts';
import { Markup, Undefined, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { isTrue } from '../values/truth.ts';
import type { CompileFrame } from './compile-frame.ts';

type CompileChild = (node: Expression) => Evaluate;
type EvaluateArguments = (frame: Frame) => CallArguments;

/** Evaluates the arguments of a call, with `*list` and `**dict` spread out. */
export function compileArguments(nodes: CallArgumentNodes, child: CompileChild): EvaluateArguments {
  const positional = nodes.positional.map(child);
  const keyword = nodes.keyword.map(({ name, value }) => ({ name, value: child(value) }));
  const spread = nodes.spread === undefined ? undefined : child(nodes.spread);
  const keywordSpread = nodes.keywordSpread === undefined ? undefined : child(nodes.keywordSpread);
  if (keyword.length === 0 && spread === undefined && keywordSpread === undefined) {
    return (frame) => positionalArguments(positional.map((evaluate) => evaluate(frame)));
  }
  return (frame) => {
    const values = positional.map((evaluate) => evaluate(frame));
    if (spread !== undefined) values.push(...iterate(spread(frame)));
    const named = new Map<string, RuntimeValue>();
    for (const { name, value } of keyword) named.set(name, value(frame));
    if (keywordSpread !== undefined) spreadKeywords(named, keywordSpread(frame));
    return { positional: values, keyword: named };
  };
}

function spreadKeywords(named: Map<string, RuntimeValue>, dict: RuntimeValue): void {
  if (dict instanceof Undefined) dict.fail();
  if (!(dict instanceof Map)) throw fault(`argument after ** must be a mapping, not ${typeName(dict)}`);
  for (const [key, value] of dict) {
    if (typeof key !== 'string') throw fault('keywords must be strings');
    if (named.has(key)) throw fault(`got multiple values for keyword argument ${repr(key)}`);
    named.set(key, value);
  }
}

export function compileCall(node: CallNode, child: CompileChild): Evaluate {
  const args = compileArguments(node.args, child);
  if (node.callee.type === 'attribute') return compileMethodCall(node.callee.name, child(node.callee.object), args);
  const callee = child(node.callee);
  return (frame) => callWith(callee(frame), args(frame));
}

/** Methods of plain values are run without making a bound method first. */
function compileMethodCall(name: string, object: Evaluate, args: EvaluateArguments): Evaluate {
  return (frame) => {
    const value = object(frame);
    const method = value instanceof Markup ? undefined : methodsOf(value).get(name);
    if (method !== undefined) return method.run(value, bindArguments(method, args(frame)), frame.render);
    return callWith(frame.render.attribute(value, name), args(frame));
  };
}

interface Named {
  readonly kind: 'filter' | 'test';
  readonly name: string;
  readonly offset: number;
}

/** Finds a filter or test; where the code may never run, a missing one is only an error once it is reached. */
function findRoutine(named: Named, table: ReadonlyMap<string, Routine>, at: CompileFrame): Routine {
  const found = table.get(named.name);
  if (found !== undefined) return found;
  const nearest = closestName(named.name, table.keys());
  const message = `there is no ${named.kind} named '${named.name}'`;
  const help = nearest === undefined ? undefined : `did you mean '${nearest}'?`;
  if (!at.soft) {
    throw syntaxFault(at.state.lines, named.offset, help === undefined ? { message } : { message, help });
  }
  const run = (): never => {
    throw fault(message, help);
  };
  return { name: named.name, parameters: [], required: 0, byPosition: 0, hasRest: true, hasKeywords: true, run };
}

/** Evaluates the arguments of a filter or test, in the order of its parameters. */
function compileBoundArguments(
  routine: Routine,
  nodes: CallArgumentNodes,
  child: CompileChild,
): (frame: Frame) => BoundArguments {
  const { positional, keyword, spread, keywordSpread } = nodes;
  const isPlain = keyword.length === 0 && spread === undefined && keywordSpread === undefined;
  const fits = positional.length >= routine.required && positional.length <= routine.byPosition;
  if (isPlain && fits && !routine.hasRest && !routine.hasKeywords) {
    const values = positional.map(child);
    return (frame) => values.map((evaluate) => evaluate(frame));
  }
  const args = compileArguments(nodes, child);
  return (frame) => bindArguments(routine, args(frame));
}

/** A filter as a function of its input. */
export function compileFilterStep(
  node: FilterNode,
  at: CompileFrame,
  child: CompileChild,
): (input: RuntimeValue, frame: Frame) => RuntimeValue {
  const routine = findRoutine({ kind: 'filter', name: node.name, offset: node.offset }, at.state.filters, at);
  const args = compileBoundArguments(routine, node.args, child);
  return (input, frame) => routine.run(input, args(frame), frame.render);
}

export function compileFilter(node: FilterNode, at: CompileFrame, child: CompileChild): Evaluate {
  const step = compileFilterStep(node, at, child);
  const input = node.input === undefined ? undefined : child(node.input);
  if (input === undefined) throw new Error('a filter without input is compiled by its tag');
  return (frame) => step(input(frame), frame);
}

export function compileTest(node: TestNode, at: CompileFrame, child: CompileChild): Evaluate {
  const routine = findRoutine({ kind: 'test', name: node.name, offset: node.offset }, at.state.tests, at);
  const args = compileBoundArguments(routine, node.args, child);
  const input = child(node.input);
  return (frame) => isTrue(routine.run(input(frame), args(frame), frame.render));
}
