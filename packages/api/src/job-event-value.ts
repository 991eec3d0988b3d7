import { toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { JobEvent, KeyEntry } from './control-ports.ts';

/** A job event in the form it is streamed in. */
export function jobEventToValue(event: JobEvent): Value {
  return toValue(event as unknown as Plain);
}

/** A key in the form it is answered in. */
export function keyToValue(key: KeyEntry): Dict {
  return new Map<Value, Value>([
    ['id', key.id],
    ['state', key.state],
    ['fingerprint', key.fingerprint],
    ['publicKey', key.publicKey],
    ...(key.clonedAt === undefined ? [] : [['clonedAt', key.clonedAt] as [Value, Value]]),
    ...(key.keyOf === undefined ? [] : [['keyOf', key.keyOf] as [Value, Value]]),
  ]);
}
