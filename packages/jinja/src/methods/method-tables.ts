import { routineTable, type Routine } from '../runtime/routine.ts';
import { isFloatLike, isIntLike } from '../values/numbers.ts';
import { Markup, Tuple, type RuntimeValue } from '../values/runtime-value.ts';
import { dictMethods } from './dict-methods.ts';
import { listMethods, tupleMethods } from './list-methods.ts';
import { bytesMethods, floatMethods, intMethods } from './number-methods.ts';
import { textCaseMethods } from './text-case.ts';
import { textFormMethods } from './text-form.ts';
import { textPartMethods } from './text-parts.ts';
import { textSearchMethods } from './text-search.ts';

export type MethodTable = ReadonlyMap<string, Routine>;

/** Every method is only ever applied to the type of value its table is chosen for. */
function table<Self extends RuntimeValue>(routines: readonly Routine<Self>[]): MethodTable {
  return routineTable(routines) as unknown as MethodTable;
}

const ofTexts = table([...textCaseMethods, ...textSearchMethods, ...textPartMethods, ...textFormMethods]);
const ofLists = table(listMethods);
const ofTuples = table(tupleMethods);
const ofDicts = table(dictMethods);
const ofInts = table(intMethods);
const ofFloats = table(floatMethods);
const ofBytes = table(bytesMethods);
const none: MethodTable = new Map();

/** Python's methods of a value's type, as far as templates use them. */
export function methodsOf(value: RuntimeValue): MethodTable {
  if (typeof value === 'string' || value instanceof Markup) return ofTexts;
  if (value instanceof Map) return ofDicts;
  if (Array.isArray(value)) return ofLists;
  if (value instanceof Tuple) return ofTuples;
  if (isIntLike(value)) return ofInts;
  if (isFloatLike(value)) return ofFloats;
  return value instanceof Uint8Array ? ofBytes : none;
}
