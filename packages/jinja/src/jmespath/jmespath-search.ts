import type { NodeOfType } from '../syntax/nodes.ts';
import { fault } from '../template-fault.ts';
import { equals } from '../values/equality.ts';
import { isNumeric, toNumber } from '../values/numbers.ts';
import { Markup, Tuple, type RuntimeValue } from '../values/runtime-value.ts';
import { slice } from '../values/slicing.ts';
import { jmesFunctions, type JmesReference } from './jmespath-functions.ts';
import { parseJmes, type JmesNode } from './jmespath-parser.ts';

/** What a JMESPath expression finds in data; `None` where it finds nothing. */
export function searchJmes(expression: string, data: RuntimeValue): RuntimeValue {
  return evaluate(parseJmes(expression), data);
}

function asList(value: RuntimeValue): readonly RuntimeValue[] | undefined {
  if (value instanceof Tuple) return value.items;
  return Array.isArray(value) ? value : undefined;
}

/** JMESPath's own idea of what is false: nothing, false, and empty texts, lists and hashes, but not 0. */
function isFalse(value: RuntimeValue): boolean {
  if (value === null || value === false || value === '') return true;
  return value instanceof Map ? value.size === 0 : asList(value)?.length === 0;
}

type Evaluators = {
  readonly [Type in JmesNode['type']]: (node: NodeOfType<JmesNode, Type>, value: RuntimeValue) => RuntimeValue;
};

const evaluators: Evaluators = {
  current: (_node, value) => value,
  literal: (node) => node.value,
  field: (node, value) => (value instanceof Map ? (value.get(node.name) ?? null) : null),
  index: (node, value) => asList(value)?.at(node.index) ?? null,
  slice: (node, value) => sliceOf(value, node.parts),
  chain: (node, value) => evaluate(node.right, evaluate(node.left, value)),
  pipe: (node, value) => evaluate(node.right, evaluate(node.left, value)),
  or: (node, value) => {
    const left = evaluate(node.left, value);
    return isFalse(left) ? evaluate(node.right, value) : left;
  },
  and: (node, value) => {
    const left = evaluate(node.left, value);
    return isFalse(left) ? left : evaluate(node.right, value);
  },
  not: (node, value) => isFalse(evaluate(node.operand, value)),
  compare: (node, value) => compare(node.operator, evaluate(node.left, value), evaluate(node.right, value)),
  flatten: (node, value) => flatten(evaluate(node.left, value)),
  projection: (node, value) => project(asList(evaluate(node.left, value)), node.right),
  values: (node, value) => {
    const dict = evaluate(node.left, value);
    return project(dict instanceof Map ? [...dict.values()] : undefined, node.right);
  },
  filter: (node, value) => {
    const kept = asList(evaluate(node.left, value))?.filter((item) => !isFalse(evaluate(node.test, item)));
    return project(kept, node.right);
  },
  list: (node, value) => (value === null ? null : node.items.map((item) => evaluate(item, value))),
  hash: (node, value) =>
    value === null ? null : new Map(node.entries.map(([key, item]) => [key, evaluate(item, value)])),
  reference: () => {
    throw fault('jmespath: an expression reference can only be the argument of a function');
  },
  call,
};

function evaluate(node: JmesNode, value: RuntimeValue): RuntimeValue {
  const run = evaluators[node.type] as (node: JmesNode, value: RuntimeValue) => RuntimeValue;
  return run(node, value);
}

function call(node: Extract<JmesNode, { type: 'call' }>, value: RuntimeValue): RuntimeValue {
  const run = jmesFunctions.get(node.name);
  if (run === undefined) throw fault(`jmespath: unknown function: ${node.name}()`);
  const args = node.args.map((argument): RuntimeValue | JmesReference => {
    if (argument.type !== 'reference') return evaluate(argument, value);
    return (item) => evaluate(argument.operand, item);
  });
  return run(args);
}

function sliceOf(value: RuntimeValue, [start, stop, step]: readonly (number | undefined)[]): RuntimeValue {
  const list = asList(value);
  if (list === undefined) return null;
  return slice([...list], { start: start ?? null, stop: stop ?? null, step: step ?? null }) ?? null;
}

function project(items: readonly RuntimeValue[] | undefined, right: JmesNode): RuntimeValue {
  if (items === undefined) return null;
  return items.map((item) => evaluate(right, item)).filter((item) => item !== null);
}

function flatten(value: RuntimeValue): RuntimeValue {
  return asList(value)?.flatMap((item) => asList(item) ?? [item]) ?? null;
}

function compare(operator: string, left: RuntimeValue, right: RuntimeValue): RuntimeValue {
  if (operator === '==') return sameKind(left, right) && equals(left, right);
  if (operator === '!=') return !(sameKind(left, right) && equals(left, right));
  if (!isOrdered(left) || !isOrdered(right) || typeof left !== typeof right) return null;
  const [a, b] = [sortable(left), sortable(right)];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

/** Booleans are no numbers here: `true == 1` is false. */
function sameKind(left: RuntimeValue, right: RuntimeValue): boolean {
  return (typeof left === 'boolean') === (typeof right === 'boolean');
}

function isOrdered(value: RuntimeValue): boolean {
  return typeof value === 'string' || value instanceof Markup || (isNumeric(value) && typeof value !== 'boolean');
}

function sortable(value: RuntimeValue): number | string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  return isNumeric(value) ? toNumber(value) : 0;
}
