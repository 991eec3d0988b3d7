import { fault } from '../template-fault.ts';
import { isIntLike, isNumeric } from '../values/numbers.ts';
import { toText } from '../values/python-text.ts';
import { checkedList, checkedText, refuseLongList, refuseLongText } from '../values/size-limits.ts';
import { Markup, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { addNumbers, moduloNumbers, multiplyNumbers } from './arithmetic.ts';
import { formatPercent } from '../formatting/percent-format.ts';

/** `+`: numbers, texts, lists and tuples, each with their own kind. */
export function add(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  if (isNumeric(a) && isNumeric(b)) return addNumbers(a, b);
  const left = withoutMarkup(a);
  const right = withoutMarkup(b);
  if (typeof left === 'string') return addText(left, right);
  if (Array.isArray(left)) {
    if (Array.isArray(right)) return checkedList(left.concat(right));
    throw cannotConcatenate(left, right);
  }
  if (left instanceof Tuple) {
    if (right instanceof Tuple) return new Tuple(checkedList([...left.items, ...right.items]));
    throw cannotConcatenate(left, right);
  }
  return addNumbers(left, right);
}

function addText(left: string, right: RuntimeValue): string {
  if (typeof right !== 'string') throw cannotConcatenate(left, right);
  return checkedText(left + right);
}

function cannotConcatenate(left: RuntimeValue, right: RuntimeValue): Error {
  if (right instanceof Undefined) return right.fail();
  const kind = typeName(left);
  const help = kind === 'str' ? 'write ~ instead of + to join a text and anything else' : undefined;
  return fault(`can only concatenate ${kind} (not "${typeName(right)}") to ${kind}`, help);
}

function withoutMarkup(value: RuntimeValue): RuntimeValue {
  return value instanceof Markup ? value.text : value;
}

/** `*`: numbers, or a text, list or tuple as many times as an int says. */
export function multiply(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  if (isNumeric(a) && isNumeric(b)) return multiplyNumbers(a, b);
  const left = withoutMarkup(a);
  const right = withoutMarkup(b);
  if (isSequence(left)) return repeat(left, right);
  return isSequence(right) ? repeat(right, left) : multiplyNumbers(left, right);
}

type Sequence = string | RuntimeValue[] | Tuple;

function isSequence(value: RuntimeValue): value is Sequence {
  return typeof value === 'string' || Array.isArray(value) || value instanceof Tuple;
}

function repeat(sequence: Sequence, times: RuntimeValue): RuntimeValue {
  if (times instanceof Undefined) times.fail();
  if (!isIntLike(times)) throw fault(`can't multiply sequence by non-int of type '${typeName(times)}'`);
  const count = Math.max(0, Number(times));
  if (typeof sequence === 'string') {
    refuseLongText(sequence.length * count);
    return sequence.repeat(count);
  }
  const items = sequence instanceof Tuple ? sequence.items : sequence;
  refuseLongList(items.length * count);
  const repeated = Array.from(
    { length: items.length * count },
    (_, index) => items[index % items.length] as RuntimeValue,
  );
  return sequence instanceof Tuple ? new Tuple(repeated) : repeated;
}

/** `%`: the rest of a division, or a text's formatting. */
export function modulo(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  if (typeof a === 'string') return formatPercent(a, b);
  return a instanceof Markup ? formatPercent(a.text, b) : moduloNumbers(a, b);
}

/** `~`: the texts of all operands, joined. */
export function concatenate(values: readonly RuntimeValue[]): string {
  let text = '';
  for (const value of values) text += toText(value);
  return checkedText(text);
}
