import { toOptionalInt } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import { ticking, type Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { PythonIterator } from '../values/iterators.ts';
import { iterate, toList } from '../values/iteration.ts';
import { Tuple, type RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';

function start(list: RuntimeValue): Iterator<RuntimeValue> {
  return iterate(list)[Symbol.iterator]();
}

type Items = Generator<RuntimeValue, void, undefined>;

function* zip(iterators: readonly Iterator<RuntimeValue>[]): Items {
  for (;;) {
    const row: RuntimeValue[] = [];
    for (const iterator of iterators) {
      const step = iterator.next();
      if (step.done === true) return;
      row.push(step.value);
    }
    yield new Tuple(row);
  }
}

function* zipLongest(columns: readonly (readonly RuntimeValue[])[], fill: RuntimeValue): Items {
  const length = Math.max(...columns.map((column) => column.length));
  for (let index = 0; index < length; index += 1) {
    yield new Tuple(columns.map((column) => (index < column.length ? (column[index] as RuntimeValue) : fill)));
  }
}

function* product(pools: readonly (readonly RuntimeValue[])[], chosen: readonly RuntimeValue[] = []): Items {
  const [pool, ...rest] = pools;
  if (pool === undefined) yield new Tuple(chosen);
  else for (const item of pool) yield* product(rest, [...chosen, item]);
}

interface Choice {
  readonly pool: readonly RuntimeValue[];
  readonly size: number;
  /** The first position that may be chosen after the one at an index. */
  readonly next: (index: number) => number;
  /** Whether an item may be chosen once only. */
  readonly isDistinct: boolean;
}

function* choose(choice: Choice, start = 0, chosen: readonly number[] = []): Items {
  if (chosen.length === choice.size) {
    yield new Tuple(chosen.map((index) => choice.pool[index] as RuntimeValue));
    return;
  }
  for (let index = start; index < choice.pool.length; index += 1) {
    if (choice.isDistinct && chosen.includes(index)) continue;
    yield* choose(choice, choice.next(index), [...chosen, index]);
  }
}

function* compress(items: Iterable<RuntimeValue>, selectors: RuntimeValue): Items {
  const wanted = toList(selectors);
  let index = 0;
  for (const item of items) {
    const selector = wanted[index];
    if (selector === undefined) return;
    if (isTrue(selector)) yield item;
    index += 1;
  }
}

function choiceFilter(name: string, next: (index: number) => number, isDistinct: boolean): Routine {
  const signature = name === 'permutations' ? 'r?' : 'r';
  return routine(name, signature, (value, [size], runtime) => {
    const pool = toList(value);
    const wanted = toOptionalInt(size) ?? pool.length;
    if (wanted < 0) throw fault('r must be non-negative');
    return iterator(choose({ pool, size: wanted, next, isDistinct }), `itertools.${name}`, runtime);
  });
}

function iterator(items: Items, typeName: string, runtime: Runtime): PythonIterator {
  return new PythonIterator(ticking(runtime, items), typeName);
}

export const itertoolsFilters: readonly Routine[] = [
  routine('zip', '*', (value, [others], runtime) =>
    iterator(zip([value, ...(others as RuntimeValue[])].map(start)), 'zip', runtime),
  ),
  routine('zip_longest', '* fillvalue?', (value, args, runtime) =>
    iterator(
      zipLongest([value, ...(args[1] as RuntimeValue[])].map(toList), args[0] ?? null),
      'itertools.zip_longest',
      runtime,
    ),
  ),
  routine('product', '* repeat?', (value, args, runtime) => {
    const pools = [value, ...(args[1] as RuntimeValue[])].map(toList);
    const repeat = toOptionalInt(args[0]) ?? 1;
    const repeated = Array.from({ length: repeat }, () => pools).flat();
    return iterator(product(repeated), 'itertools.product', runtime);
  }),
  choiceFilter('permutations', () => 0, true),
  choiceFilter('combinations', (index) => index + 1, true),
  choiceFilter('combinations_with_replacement', (index) => index, false),
  routine('compress', 'selectors', (value, [selectors], runtime) =>
    iterator(compress(iterate(value), selectors ?? null), 'itertools.compress', runtime),
  ),
];
