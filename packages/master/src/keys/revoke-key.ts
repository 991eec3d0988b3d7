import type { KeyControl } from '@brine/api';
import { AppError, type Clock, type Dict, type Logger, type MinionId } from '@brine/common';

interface RevocationParts {
  readonly options: Dict;
  readonly keys: Pick<KeyControl, 'change'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
}

// For the answer and the return of the job that asked for it to come before the session ends.
const graceMilliseconds = 500;

/** Has the key of a minion that asks for it deleted. What it makes throws `key-revoke-refused`. */
export function createKeyRevocation({ options, keys, clock, logger }: RevocationParts): (minion: MinionId) => void {
  return (minion) => {
    if (options.get('allow_minion_key_revoke') === false) {
      const message = 'this master lets no minion revoke its key (allow_minion_key_revoke)';
      throw new AppError({ code: 'key-revoke-refused', message });
    }
    clock.after(graceMilliseconds, () => {
      keys.change({ action: 'delete', match: minion, from: ['accepted'] }).catch((error: unknown) => {
        logger.error('a key was not revoked', { id: minion, error });
      });
    });
  };
}
