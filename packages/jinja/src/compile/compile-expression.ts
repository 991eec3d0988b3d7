import { guardExpression } from '../runtime/guard.ts';
import type { Evaluate } from '../runtime/template-code.ts';
import type { ConditionalNode, Expression, NameNode, SliceNode } from '../syntax/nodes.ts';
import { setItem } from '../values/dict-items.ts';
import { Tuple, Undefined, type RuntimeDict } from '../values/runtime-value.ts';
import { slice } from '../values/slicing.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';
import { fault } from '../template-fault.ts';
import { compileCall, compileFilter, compileTest } from './compile-calls.ts';
import type { CompileFrame } from './compile-frame.ts';
import { compileCompare, compileOperator } from './compile-operators.ts';
import { readSlot } from './slots.ts';

/** Turns an expression into a function; its faults carry the expression's place. */
export function compileExpression(node: Expression, at: CompileFrame): Evaluate {
  const child = (inner: Expression): Evaluate => compileExpression(inner, at);
  switch (node.type) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return compileName(node, at);
    case 'list':
      return compileItems(node.items.map(child));
    case 'tuple': {
      const items = compileItems(node.items.map(child));
      return (frame) => new Tuple(items(frame));
    }
    case 'conditional':
      return compileConditional(node, at);
    case 'slice':
      throw new Error('a slice is compiled with what it is taken from');
    default:
      return guardExpression(at.state.lines, node.offset, compileComposite(node, at, child));
  }
}

type Composite = Exclude<Expression, { type: 'constant' | 'name' | 'list' | 'tuple' | 'conditional' | 'slice' }>;

function compileComposite(node: Composite, at: CompileFrame, child: (inner: Expression) => Evaluate): Evaluate {
  switch (node.type) {
    case 'call':
      return compileCall(node, child);
    case 'filter':
      return compileFilter(node, at, child);
    case 'test':
      return compileTest(node, at, child);
    case 'compare':
      return compileCompare(node, child);
    case 'dict':
      return compileDict(node.pairs.map(({ key, value }) => ({ key: child(key), value: child(value) })));
    case 'attribute': {
      const object = child(node.object);
      const { name } = node;
      return (frame) => frame.render.attribute(object(frame), name);
    }
    case 'subscript':
      return node.key.type === 'slice'
        ? compileSlice(node.key, child(node.object), child)
        : compileSubscript(child(node.object), child(node.key));
    default:
      return compileOperator(node, child);
  }
}

function compileName(node: NameNode, at: CompileFrame): Evaluate {
  const { name } = node;
  const slot = at.scope.find(name);
  if (slot === undefined) throw new Error(`the name '${name}' was not analysed`);
  const read = readSlot(at.scope.unit, slot);
  const locals = (): Iterable<string> => at.scope.visibleStores().keys();
  return (frame) => {
    const value = read(frame);
    return value === undefined ? frame.render.missingName(name, frame.context, locals) : value;
  };
}

function compileItems(items: readonly Evaluate[]) {
  return (frame: Parameters<Evaluate>[0]) => items.map((item) => item(frame));
}

function compileDict(pairs: readonly { readonly key: Evaluate; readonly value: Evaluate }[]): Evaluate {
  return (frame) => {
    const dict: RuntimeDict = new Map();
    for (const { key, value } of pairs) setItem(dict, key(frame), value(frame));
    return dict;
  };
}

function compileConditional(node: ConditionalNode, at: CompileFrame): Evaluate {
  const soft = at.softened();
  const test = compileExpression(node.test, soft);
  const then = compileExpression(node.then, soft);
  const otherwise = node.otherwise === undefined ? undefined : compileExpression(node.otherwise, soft);
  const message = 'the condition of the inline if is false and it has no else';
  return guardExpression(at.state.lines, node.offset, (frame) => {
    if (isTrue(test(frame))) return then(frame);
    // Whatever the setting: Jinja gives a lenient undefined here.
    return otherwise === undefined ? new Undefined({ strict: false, message }) : otherwise(frame);
  });
}

function compileSubscript(object: Evaluate, key: Evaluate): Evaluate {
  return (frame) => frame.render.subscript(object(frame), key(frame));
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
