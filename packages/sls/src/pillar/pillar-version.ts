import { createHmac } from 'node:crypto';
import { encodeValue, type Dict } from '@brine/common';

/**
 * What tells a pillar from others: equal pillars have equal versions, of 16 hex digits. Keyed, lest somebody who sees
 * one guesses a weak secret.
 */
export function pillarVersion(pillar: Dict, key: Uint8Array): string {
  return createHmac('sha256', key).update(encodeValue(pillar)).digest('hex').slice(0, 16);
}
