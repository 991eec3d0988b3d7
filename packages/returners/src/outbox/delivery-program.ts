import { decodeValue, isDict } from '@brine/common';
import { deliver } from '../deliver.ts';
import { decodeDelivery } from './delivery-codec.ts';
import type { DeliveryAnswer, DeliveryQuestion } from './delivery-process.ts';

// The program that talks to databases and servers, so that no daemon waits for one or loads its client.

async function answer({ number, delivery, options, id }: DeliveryQuestion): Promise<DeliveryAnswer> {
  const values = decodeValue(options);
  try {
    const context = { id, options: isDict(values) ? values : new Map(), print: (line: string) => console.log(line) };
    await deliver(decodeDelivery(delivery), context);
    return { number };
  } catch (error) {
    return { number, error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (question: DeliveryQuestion) => {
  void answer(question).then((told) => process.send?.(told));
});
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// The daemon is gone: what was not handed on is in its outbox.
process.on('disconnect', () => process.exit(0));
