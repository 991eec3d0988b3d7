import type { Value } from '@brine/common';
import { z } from 'zod';
import type { Argument } from '../kit/arguments.ts';

/** Any value; `fallback` when it is not given at all. A given `null` stays, as Python's `None` does. */
export function valueOr(fallback: Value): Argument<Value> {
  return z
    .custom<Value | undefined>()
    .transform((value) => (value === undefined ? fallback : value))
    .meta({ expected: 'a value' });
}
