import { guardExpression } from '../runtime/guard.ts';
import { attributeReader } from '../runtime/access.ts';
import type { Evaluate } from '../runtime/template-code.ts';
import type { NodeOfType, ConditionalNode, Expression, NameNode, SliceNode } from '../syntax/nodes.ts';
import { setItem } from '../values/dict-items.ts';
import { Tuple, Undefined, type RuntimeDict } from '../values/runtime-value.ts';
import { slice } from '../values/slicing.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';
import { fault } from '../template-fault.ts';
import { compileCall, compileFilter, compileTest } from './compile-calls.ts';
import type { CompileFrame } from './compile-frame.ts';
import { compileCompare, compileOperator, type OperatorNode } from './compile-operators.ts';
import { readSlot } from './slots.ts';

type Compilers = {
  readonly [Type in Expression['type']]: (node: NodeOfType<Expression, Type>, at: CompileFrame) => Evaluate;
};

const compilers: Compilers = {
  constant:
    ({ value }) =>
    () =>
      value,
  name: compileName,
  list: (node, at) => compileItems(childrenOf(node.items, at)),
  tuple: (node, at) => {
    const items = compileItems(childrenOf(node.items, at));
    return (frame) => new Tuple(items(frame));
  },
  conditional: compileConditional,
  slice: () => {
    throw new Error('a slice is compiled with what it is taken from');
  },
  call: (node, at) => compileCall(node, childOf(at)),
  filter: (node, at) => compileFilter(node, at, childOf(at)),
  test: (node, at) => compileTest(node, at, childOf(at)),
  compare: (node, at) => compileCompare(node, childOf(at)),
  dict: compileDict,
  attribute: compileAttribute,
  subscript: compileSubscript,
  and: compileOperation,
  or: compileOperation,
  not: compileOperation,
  sign: compileOperation,
  binary: compileOperation,
  concat: compileOperation,
};

const safe: ReadonlySet<Expression['type']> = new Set(['constant', 'name', 'list', 'tuple', 'conditional']);

/** Turns an expression into a function; its faults carry the expression's place. */
export function compileExpression(node: Expression, at: CompileFrame): Evaluate {
  const evaluate = compileUnguarded(node, at);
  return safe.has(node.type) ? evaluate : guardExpression(at.state.lines, node.offset, evaluate);
}

/** Turns an expression into a function, for a caller that itself notes the place in faults. */
export function compileUnguarded(node: Expression, at: CompileFrame): Evaluate {
  const compile = compilers[node.type] as (node: Expression, at: CompileFrame) => Evaluate;
  return compile(node, at);
}

function childOf(at: CompileFrame): (node: Expression) => Evaluate {
  return (node) => compileExpression(node, at);
}

function childrenOf(nodes: readonly Expression[], at: CompileFrame): Evaluate[] {
  return nodes.map((node) => compileExpression(node, at));
}

function compileOperation(node: OperatorNode, at: CompileFrame): Evaluate {
  return compileOperator(node, childOf(at));
}

function compileAttribute(node: Extract<Expression, { type: 'attribute' }>, at: CompileFrame): Evaluate {
  const object = compileExpression(node.object, at);
  const read = attributeReader(node.name);
  const place = { lines: at.state.lines, offset: node.offset };
  return (frame) => {
    const value = read(object(frame), frame.render);
    return value instanceof Undefined ? value.ariseAt(place) : value;
  };
}

function compileName(node: NameNode, at: CompileFrame): Evaluate {
  const { name } = node;
  const slot = at.scope.find(name);
  if (slot === undefined) throw new Error(`the name '${name}' was not analysed`);
  const read = readSlot(at.scope.unit, slot);
  const locals = (): Iterable<string> => at.scope.visibleStores().keys();
  const place = { lines: at.state.lines, offset: node.offset };
  return (frame) => {
    const value = read(frame);
    return value === undefined ? frame.render.missingName(name, frame.context, locals).ariseAt(place) : value;
  };
}

function compileItems(items: readonly Evaluate[]) {
  return (frame: Parameters<Evaluate>[0]) => items.map((item) => item(frame));
}

function compileDict(node: Extract<Expression, { type: 'dict' }>, at: CompileFrame): Evaluate {
  const pairs = node.pairs.map(({ key, value }) => ({
    key: compileExpression(key, at),
    value: compileExpression(value, at),
  }));
  return (frame) => {
    const dict: RuntimeDict = new Map();
    for (const { key, value } of pairs) setItem(dict, key(frame), value(frame));
    return dict;
  };
}

function compileConditional(node: ConditionalNode, at: CompileFrame): Evaluate {
  const soft = at.softened();
  const test = compileExpression(node.test, soft);
  const whenTrue = compileExpression(node.whenTrue, soft);
  const otherwise = node.otherwise === undefined ? undefined : compileExpression(node.otherwise, soft);
  const message = 'the condition of the inline if is false and it has no else';
  return guardExpression(at.state.lines, node.offset, (frame) => {
    if (isTrue(test(frame))) return whenTrue(frame);
    // Whatever the setting: Jinja gives a lenient undefined here.
    return otherwise === undefined ? new Undefined({ strict: false, message }) : otherwise(frame);
  });
}

function compileSubscript(node: Extract<Expression, { type: 'subscript' }>, at: CompileFrame): Evaluate {
  const object = compileExpression(node.object, at);
  if (node.key.type === 'slice') return compileSlice(node.key, object, childOf(at));
  const key = compileExpression(node.key, at);
  const place = { lines: at.state.lines, offset: node.offset };
  return (frame) => {
    const value = frame.render.subscript(object(frame), key(frame));
    return value instanceof Undefined ? value.ariseAt(place) : value;
  };
}

function compileSlice(node: SliceNode, object: Evaluate, child: (inner: Expression) => Evaluate): Evaluate {
  const nothing: Evaluate = () => null;
  const part = (inner: Expression | undefined): Evaluate => (inner === undefined ? nothing : child(inner));
  const [start, stop, step] = [part(node.start), part(node.stop), part(node.step)];
  return (frame) => {
    const value = object(frame);
    if (value instanceof Undefined) value.fail();
    const sliced = slice(value, { start: start(frame), stop: stop(frame), step: step(frame) });
    if (sliced === undefined) throw fault(`'${typeName(value)}' object cannot be sliced`);
    return sliced;
  };
}
