import { compare, type ComparisonOperator } from '../operators/comparison.ts';
import { modulo } from '../operators/sequences.ts';
import { isLower, isUpper } from '../methods/text-case.ts';
import { matchAtStart } from '../regex/python-regex.ts';
import { toFlag, toTextArgument } from '../runtime/argument-values.ts';
import { routine, routineTable, type Routine } from '../runtime/routine.ts';
import { equals } from '../values/equality.ts';
import { tryIterate, tryLength } from '../values/iteration.ts';
import { isFloatLike, isNumeric } from '../values/numbers.ts';
import { toText } from '../values/python-text.ts';
import { Markup, PythonObject, Undefined, type RuntimeValue } from '../values/runtime-value.ts';

type Check = (value: RuntimeValue) => boolean;

function check(name: string, holds: Check): Routine {
  return routine(name, '', holds);
}

function comparison(operator: ComparisonOperator, ...names: string[]): Routine[] {
  return names.map((name) => routine(name, 'other', (value, [other = null]) => compare(operator, value, other)));
}

function isInteger(value: RuntimeValue): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function isText(value: RuntimeValue): boolean {
  return typeof value === 'string' || value instanceof Markup;
}

function isSequence(value: RuntimeValue): boolean {
  if (value instanceof Undefined) return !value.strict;
  return tryLength(value) !== undefined;
}

function isIterable(value: RuntimeValue): boolean {
  if (value instanceof Undefined) return value.strict ? value.fail() : true;
  return tryIterate(value) !== undefined;
}

function isSame(value: RuntimeValue, other: RuntimeValue): boolean {
  if (isFloatLike(value) && isFloatLike(other)) return equals(value, other);
  return value === other;
}

function isDefined(value: RuntimeValue): boolean {
  if (!(value instanceof Undefined)) return true;
  return value.forbidden ? value.fail() : false;
}

const kinds: readonly Routine[] = [
  check('defined', isDefined),
  check('undefined', (value) => !isDefined(value)),
  check('none', (value) => value === null),
  check('boolean', (value) => typeof value === 'boolean'),
  check('true', (value) => value === true),
  check('false', (value) => value === false),
  check('integer', isInteger),
  check('float', isFloatLike),
  check('number', isNumeric),
  check('string', isText),
  check('mapping', (value) => value instanceof Map),
  check('sequence', isSequence),
  check('iterable', isIterable),
  check('list', Array.isArray),
  check('callable', (value) => value instanceof PythonObject && value.isCallable),
  check('escaped', (value) => value instanceof Markup),
  check('lower', (value) => isLower(toText(value))),
  check('upper', (value) => isUpper(toText(value))),
];

const numbers: readonly Routine[] = [
  check('odd', (value) => equals(modulo(value, 2), 1)),
  check('even', (value) => equals(modulo(value, 2), 0)),
  routine('divisibleby', 'num', (value, [divisor = null]) => equals(modulo(value, divisor), 0)),
];

const relations: readonly Routine[] = [
  ...comparison('==', '==', 'eq', 'equalto'),
  ...comparison('!=', '!=', 'ne'),
  ...comparison('<', '<', 'lt', 'lessthan'),
  ...comparison('<=', '<=', 'le'),
  ...comparison('>', '>', 'gt', 'greaterthan'),
  ...comparison('>=', '>=', 'ge'),
  ...comparison('in', 'in'),
  routine('sameas', 'other', (value, [other = null]) => isSame(value, other)),
  routine('match', 'rgx ignorecase? multiline?', (value, [pattern, ignoreCase, multiline], runtime) => {
    const flags = { ignoreCase: toFlag(ignoreCase), multiline: toFlag(multiline) };
    return matchAtStart(toTextArgument(pattern), toTextArgument(value), { flags, runtime }) !== undefined;
  }),
  routine('filter', '', (value, _args, runtime) => typeof value === 'string' && runtime.filters.has(value)),
  routine('test', '', (value, _args, runtime) => typeof value === 'string' && runtime.tests.has(value)),
];

/** Every test of Jinja2 and Salt. */
export const testTable: ReadonlyMap<string, Routine> = routineTable([...kinds, ...numbers, ...relations]);
