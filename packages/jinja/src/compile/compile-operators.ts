import { affirm, divide, floorDivide, negate, raise, subtract } from '../operators/arithmetic.ts';
import { compare } from '../operators/comparison.ts';
import { add, concatenate, modulo, multiply } from '../operators/sequences.ts';
import type { Evaluate } from '../runtime/template-code.ts';
import type { BinaryOperator, CompareNode, Expression } from '../syntax/nodes.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';

type CompileChild = (node: Expression) => Evaluate;
type Binary = (a: RuntimeValue, b: RuntimeValue) => RuntimeValue;

const binaryOperators: Readonly<Record<BinaryOperator, Binary>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '//': floorDivide,
  '%': modulo,
  '**': raise,
};

export type OperatorNode = Extract<Expression, { type: 'and' | 'or' | 'not' | 'sign' | 'binary' | 'concat' }>;

/** Operators but comparisons. */
export function compileOperator(node: OperatorNode, child: CompileChild): Evaluate {
  switch (node.type) {
    case 'and':
      return compileAnd(child(node.left), child(node.right));
    case 'or':
      return compileOr(child(node.left), child(node.right));
    case 'not':
      return compileNot(child(node.operand));
    case 'sign':
      return compileSign(node.operator === '-' ? negate : affirm, child(node.operand));
    case 'binary':
      return compileBinary(binaryOperators[node.operator], child(node.left), child(node.right));
    case 'concat':
      return compileConcat(node.parts.map(child));
  }
}

function compileAnd(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const value = left(frame);
    return isTrue(value) ? right(frame) : value;
  };
}

function compileOr(left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => {
    const value = left(frame);
    return isTrue(value) ? value : right(frame);
  };
}

function compileNot(operand: Evaluate): Evaluate {
  return (frame) => !isTrue(operand(frame));
}

function compileSign(apply: (value: RuntimeValue) => RuntimeValue, operand: Evaluate): Evaluate {
  return (frame) => apply(operand(frame));
}

function compileBinary(apply: Binary, left: Evaluate, right: Evaluate): Evaluate {
  return (frame) => apply(left(frame), right(frame));
}

function compileConcat(parts: readonly Evaluate[]): Evaluate {
  return (frame) => concatenate(parts.map((part) => part(frame)));
}

/** Comparisons; `a < b < c` compares each with the next and evaluates each once. */
export function compileCompare(node: CompareNode, child: CompileChild): Evaluate {
  const first = child(node.first);
  const steps = node.steps.map(({ operator, operand }) => ({ operator, operand: child(operand) }));
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) {
    const { operator, operand } = only;
    return (frame) => compare(operator, first(frame), operand(frame));
  }
  return (frame) => {
    let left = first(frame);
    for (const { operator, operand } of steps) {
      const right = operand(frame);
      if (!compare(operator, left, right)) return false;
      left = right;
    }
    return true;
  };
}
