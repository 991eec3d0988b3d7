import { decodeValue, encodeValue, toValue, type Plain, type Value } from '@brine/common';
import { fromWireError, type FromWorker, type ToWorker, type WorkerVerb } from './worker-messages.ts';

/** Asks the master that started this worker. */
export interface MasterAsker {
  ask(verb: WorkerVerb, body?: { readonly [key: string]: Plain }): Promise<Value>;
  /** Gives it what the master answered. */
  receive(message: Extract<ToWorker, { kind: 'answer' }>): void;
}

/** Creates an asker over the channel to the master. */
export function createMasterAsker(send: (message: FromWorker) => void): MasterAsker {
  const waiting = new Map<number, { resolve(value: Value): void; reject(error: Error): void }>();
  let last = 0;
  return {
    ask: (verb, body = {}) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        send({ kind: 'ask', id: last, verb, body: encodeValue(toValue(body)) });
      }),
    receive({ id, body, error }) {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error !== undefined) asked?.reject(fromWireError(error));
      else asked?.resolve(body === undefined ? null : decodeValue(body));
    },
  };
}
