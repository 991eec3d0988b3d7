import { fault } from '../template-fault.ts';
import { PythonObject, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { positionalArguments } from './routine.ts';

/** Calls a value. */
export function callWith(value: RuntimeValue, args: CallArguments): RuntimeValue {
  if (value instanceof PythonObject) return value.call(args);
  throw fault(`'${typeName(value)}' object is not callable`);
}

/** Calls a value with positional arguments only. */
export function callValue(value: RuntimeValue, positional: readonly RuntimeValue[]): RuntimeValue {
  return callWith(value, positionalArguments(positional));
}
