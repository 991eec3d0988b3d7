import { fromBigint, fromFloat } from '../values/numbers.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import type { Token } from '../source/token.ts';

/** The value of a number as it is written. */
export function parseNumber(token: Token): RuntimeValue {
  if (token.type === 'float') return fromFloat(Number(token.value));
  const int = Number(token.value);
  return Number.isSafeInteger(int) ? int : fromBigint(BigInt(token.value));
}
