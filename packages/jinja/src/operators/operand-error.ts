import { fault, type TemplateFault } from '../template-fault.ts';
import { Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';

/** The error of an operator that does not know its operands; an undefined operand is named instead. */
export function unsupported(symbol: string, ...operands: RuntimeValue[]): TemplateFault {
  for (const operand of operands) if (operand instanceof Undefined) operand.fail();
  const [left = null, right] = operands;
  if (right === undefined) return fault(`bad operand type for unary ${symbol}: '${typeName(left)}'`);
  return fault(`unsupported operand type(s) for ${symbol}: '${typeName(left)}' and '${typeName(right)}'`);
}
