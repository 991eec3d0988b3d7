import { fault } from '../template-fault.ts';
import { equals, findKey, identicalOrEqual } from '../values/equality.ts';
import { tryIterate } from '../values/iteration.ts';
import { order, type OrderingOperator } from '../values/ordering.ts';
import { Markup, PythonObject, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';

export type ComparisonOperator = '==' | '!=' | OrderingOperator | 'in' | 'not in';

/** One step of a comparison; chains are made by the caller. */
export function compare(operator: ComparisonOperator, a: RuntimeValue, b: RuntimeValue): boolean {
  switch (operator) {
    case '==':
      return equals(a, b);
    case '!=':
      return !equals(a, b);
    case '<':
      return order(a, b, operator) < 0;
    case '<=':
      return order(a, b, operator) <= 0;
    case '>':
      return order(a, b, operator) > 0;
    case '>=':
      return order(a, b, operator) >= 0;
    case 'in':
      return contains(b, a);
    case 'not in':
      return !contains(b, a);
  }
}

/** Python's `item in container`. */
export function contains(container: RuntimeValue, item: RuntimeValue): boolean {
  if (typeof container === 'string') return textContains(container, item);
  if (container instanceof Map) return findKey(container, item) !== undefined;
  if (container instanceof Markup) return textContains(container.text, item);
  if (container instanceof PythonObject) {
    const answer = container.contains(item);
    if (answer !== undefined) return answer;
  }
  const items = tryIterate(container);
  if (items === undefined) throw fault(`argument of type '${typeName(container)}' is not iterable`);
  for (const candidate of items) if (identicalOrEqual(candidate, item)) return true;
  return false;
}

function textContains(text: string, item: RuntimeValue): boolean {
  if (typeof item === 'string') return text.includes(item);
  if (item instanceof Markup) return text.includes(item.text);
  if (item instanceof Undefined) item.fail();
  throw fault(`'in <string>' requires string as left operand, not ${typeName(item)}`);
}
