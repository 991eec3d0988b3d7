import type { MinionState, MinionStateDetails } from '@brine/bus';
import type { Logger } from '@brine/common';

/** Logs how this minion stands with its master. */
export function logState(logger: Logger, state: MinionState, details: MinionStateDetails): void {
  switch (state) {
    case 'pending':
      logger.warn('key waits to be accepted on the master', { ...details });
      return;
    case 'rejected':
    case 'denied':
    case 'twin':
      logger.error('key is refused by the master', { state, ...details });
      return;
    case 'master-key-changed':
      logger.error('master shows another key than the trusted one', { ...details });
      return;
    case 'connecting':
    case 'handshaking':
    case 'accepted':
    case 'stopped':
      logger.info('connection state', { state, ...details });
  }
}
