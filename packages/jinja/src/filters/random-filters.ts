import { toIntArgument, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { toList } from '../values/iteration.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { hexDigest } from './hash-filters.ts';
import { PythonRandom } from './python-random.ts';

type Below = (limit: number) => number;

function chance(seed: RuntimeValue | undefined, runtime: Runtime): Below {
  if (seed === undefined || seed === null) return (limit) => Math.floor(runtime.random() * limit);
  const random = new PythonRandom(hexDigest('sha512', Buffer.from(toTextArgument(seed), 'utf8')));
  return (limit) => random.below(limit);
}

/** Python's `random.sample`, which picks in one of two ways so that the numbers it draws depend on the sizes. */
function sample(items: readonly RuntimeValue[], size: number, below: Below): RuntimeValue[] {
  if (size < 0 || size > items.length) throw fault('Sample larger than population or is negative');
  const setSize = 21 + (size > 5 ? 4 ** Math.ceil(Math.log(size * 3) / Math.log(4)) : 0);
  return items.length <= setSize ? sampleFromPool(items, size, below) : sampleDistinct(items, size, below);
}

function sampleFromPool(items: readonly RuntimeValue[], size: number, below: Below): RuntimeValue[] {
  const pool = items.slice();
  return Array.from({ length: size }, (_, index) => {
    const chosen = below(items.length - index);
    const item = pool[chosen] as RuntimeValue;
    pool[chosen] = pool[items.length - index - 1] as RuntimeValue;
    return item;
  });
}

function sampleDistinct(items: readonly RuntimeValue[], size: number, below: Below): RuntimeValue[] {
  const chosen = new Set<number>();
  while (chosen.size < size) chosen.add(below(items.length));
  return Array.from(chosen, (index) => items[index] as RuntimeValue);
}

export const randomFilters: readonly Routine[] = [
  routine('random_sample', 'size seed?', (value, [size, seed], runtime) =>
    sample(toList(value), toIntArgument(size), chance(seed, runtime)),
  ),
  routine('random_shuffle', 'seed?', (value, [seed], runtime) => {
    const items = toList(value);
    return sample(items, items.length, chance(seed, runtime));
  }),
];
