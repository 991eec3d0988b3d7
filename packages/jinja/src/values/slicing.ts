import { fault } from '../template-fault.ts';
import { isIntLike } from './numbers.ts';
import { PythonRange } from './iterators.ts';
import { Markup, Tuple, Undefined, type RuntimeValue } from './runtime-value.ts';
import { toCharacters } from './text-units.ts';
import { typeName } from './type-name.ts';

export interface SliceBounds {
  readonly start: RuntimeValue;
  readonly stop: RuntimeValue;
  readonly step: RuntimeValue;
}

/** Python's `value[start:stop:step]`; `undefined` for values that cannot be sliced. */
export function slice(value: RuntimeValue, bounds: SliceBounds): RuntimeValue | undefined {
  if (typeof value === 'string') return sliceText(value, bounds);
  if (value instanceof Markup) return sliceText(value.text, bounds);
  if (Array.isArray(value)) return sliceItems(value, bounds);
  if (value instanceof Tuple) return new Tuple(sliceItems(value.items, bounds));
  if (value instanceof PythonRange) return sliceRange(value, bounds);
  if (value instanceof Uint8Array) return Uint8Array.from(sliceItems([...value], bounds));
  return undefined;
}

function sliceText(text: string, bounds: SliceBounds): string {
  return sliceItems(toCharacters(text), bounds).join('');
}

function sliceRange(range: PythonRange, bounds: SliceBounds): PythonRange {
  const { start, stop, step } = resolve(bounds, range.size());
  return new PythonRange(range.start + start * range.step, range.start + stop * range.step, range.step * step);
}

function sliceItems<Item>(items: readonly Item[], bounds: SliceBounds): Item[] {
  const { start, stop, step } = resolve(bounds, items.length);
  if (step === 1) return items.slice(start, Math.max(start, stop));
  const picked: Item[] = [];
  for (let index = start; step > 0 ? index < stop : index > stop; index += step) picked.push(items[index] as Item);
  return picked;
}

function resolve(bounds: SliceBounds, length: number): { start: number; stop: number; step: number } {
  const step = toIndex(bounds.step) ?? 1;
  if (step === 0) throw fault('slice step cannot be zero');
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? length : length - 1;
  const clamp = (index: number): number => Math.min(highest, Math.max(lowest, index < 0 ? index + length : index));
  const start = toIndex(bounds.start);
  const stop = toIndex(bounds.stop);
  return {
    start: start === undefined ? (step > 0 ? lowest : highest) : clamp(start),
    stop: stop === undefined ? (step > 0 ? highest : lowest) : clamp(stop),
    step,
  };
}

function toIndex(value: RuntimeValue): number | undefined {
  if (value === null) return undefined;
  if (value instanceof Undefined) value.fail();
  if (isIntLike(value)) return Number(value);
  throw fault(`slice indices must be integers or None or have an __index__ method, not ${typeName(value)}`);
}
