import type { Fragment } from './fragment.ts';
import { protocolLimits } from './protocol-limits.ts';

/** Puts messages together again from their fragments, within limits. */
export interface Reassembly {
  /** The message, when this was its last fragment; `violation` when the peer breaks the limits or the order. */
  add(fragment: Fragment, messageBytes: number): Uint8Array | 'incomplete' | 'violation';
}

interface OpenMessage {
  readonly total: number;
  readonly parts: Uint8Array[];
  received: number;
}

export function createReassembly(): Reassembly {
  const open = new Map<number, OpenMessage>();
  let promisedBytes = 0;
  let lastNumber = -1;

  const begin = (fragment: Fragment, messageBytes: number): OpenMessage | undefined => {
    const { messageNumber, total } = fragment;
    if (!follows(messageNumber, lastNumber) || fragment.offset !== 0 || total > messageBytes) return undefined;
    if (open.size >= protocolLimits.openMessages) return undefined;
    if (promisedBytes + total > protocolLimits.openMessageBytes) return undefined;
    const message = { total, parts: [], received: 0 };
    lastNumber = messageNumber;
    promisedBytes += total;
    open.set(messageNumber, message);
    return message;
  };

  return {
    add: (fragment, messageBytes) => {
      const message = open.get(fragment.messageNumber) ?? begin(fragment, messageBytes);
      if (message === undefined || message.total !== fragment.total || message.received !== fragment.offset) {
        return 'violation';
      }
      message.parts.push(fragment.bytes);
      message.received += fragment.bytes.length;
      if (message.received < message.total) return 'incomplete';
      open.delete(fragment.messageNumber);
      promisedBytes -= message.total;
      return message.parts.length === 1 ? fragment.bytes : Buffer.concat(message.parts);
    },
  };
}

/** Whether a message number is above the last, counting on through the end of 32 bits. */
function follows(number: number, last: number): boolean {
  const distance = (number - last) >>> 0;
  return distance > 0 && distance < 2 ** 31;
}
