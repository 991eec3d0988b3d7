import type { MasterBus } from '@brine/bus';
import { decodeMessage, encodeMessage } from '@brine/common';
import type { JobTransport } from './job-transport.ts';

/** Delivers jobs over the bus, which may come up later than this is made. */
export function transportOver(bus: () => MasterBus): JobTransport {
  return {
    publish: async (publication) => bus().publish(publication),
    withdraw: (jid, minion) => bus().withdraw(jid, [minion]),
    async cancel(minion, jid) {
      const answer = decodeMessage(await bus().request(minion, 'job.cancel', encodeMessage({ jid, force: false })));
      return (answer as { cancelled?: unknown }).cancelled === true;
    },
  };
}
