import { decodeMessage, decodeValue, encodeMessage, encodeValue, isDict } from '@brine/common';
import type { Delivery } from '../deliver.ts';

/** A delivery as bytes. */
export function encodeDelivery({ returner, kind, config, kwargs, payload }: Delivery): Uint8Array {
  return encodeMessage({
    ...{ returner, kind, payload: encodeValue(payload) },
    ...(config === undefined ? {} : { config }),
    ...(kwargs === undefined ? {} : { kwargs: encodeValue(kwargs) }),
  });
}

/** Reads what {@link encodeDelivery} wrote. Throws when it is something else. */
export function decodeDelivery(bytes: Uint8Array): Delivery {
  const read = decodeMessage(bytes) as Readonly<Record<string, unknown>>;
  const { returner, kind, config, kwargs, payload } = read;
  if (typeof returner !== 'string' || !(payload instanceof Uint8Array)) throw new TypeError('this is no delivery');
  const words = kwargs instanceof Uint8Array ? decodeValue(kwargs) : undefined;
  return {
    ...{ returner, kind: kind === 'events' ? 'events' : 'return', payload: decodeValue(payload) },
    ...(typeof config === 'string' ? { config } : {}),
    ...(words !== undefined && isDict(words) ? { kwargs: words } : {}),
  };
}
