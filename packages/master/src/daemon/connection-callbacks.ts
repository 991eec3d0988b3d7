import type { createMasterBus, DisconnectReason } from '@brine/bus';
import type { Logger, MinionId } from '@brine/common';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Presence } from '../minions/presence.ts';

interface Parts {
  readonly directory: MinionDirectory;
  readonly dispatcher: Dispatcher;
  readonly presence: Presence;
  /** A minion came back: it is asked for a new key when it is to have one. */
  readonly renewIfDue: (id: MinionId) => void;
}

/** What the bus tells of minions that come, go and take jobs. */
export function connectionCallbacks(
  { directory, dispatcher, presence, renewIfDue }: Parts,
  logger: Logger,
): Pick<Parameters<typeof createMasterBus>[0], 'onConnected' | 'onDisconnected' | 'onAcknowledged'> {
  const changed = (minion: MinionId, isConnected: boolean, reason?: DisconnectReason): void => {
    directory.setConnected(minion, isConnected, reason);
    presence.changed();
    dispatcher.connectionsChanged();
  };
  return {
    onConnected(minion) {
      logger.info('minion connected', { minion });
      changed(minion, true);
      renewIfDue(minion);
    },
    onDisconnected(minion, reason) {
      logger.info('minion disconnected', { minion, reason });
      changed(minion, false, reason);
    },
    onAcknowledged(minion, publicationId) {
      dispatcher.delivered(minion, publicationId).catch((error: unknown) => {
        logger.error('an acknowledgement could not be recorded', { minion, jid: publicationId, error });
      });
    },
  };
}
