import { pythonStr, systemClock } from '@brine/common';
import type { MasterLink } from '../call/master-link.ts';
import { minionError } from '../errors.ts';
import { createMasterStanding } from '../session/master-standing.ts';
import { createBusOf } from '../session/minion-bus.ts';
import { openMinionKeys } from '../store/minion-key-store.ts';
import type { CallSessionRequest } from './call-session.ts';

/** Connects to the master with the minion's key and waits until it is accepted. */
export async function connectOwnSession({
  settings,
  log,
  timeout,
}: CallSessionRequest): Promise<{ readonly link: MasterLink; close(): Promise<void> }> {
  const standing = createMasterStanding(settings.id, systemClock);
  const keys = await openMinionKeys(pythonStr(settings.options.get('pki_dir') ?? ''));
  const bus = await createBusOf(
    settings,
    { keys, logger: log },
    {
      // Jobs are for the daemon: what is not acknowledged here comes to it again.
      onPublication: () => Promise.reject(minionError('verb-unknown', 'salt-call takes no jobs')),
      onRequest: () => Promise.reject(minionError('verb-unknown', 'salt-call answers no requests')),
      onState: (state, details) => standing.follow(state, details),
    },
  );
  bus.start();
  try {
    await standing.accepted(timeout * 1000);
  } catch (refusal) {
    await bus.stop();
    throw refusal;
  }
  return { link: { request: (verb, body) => bus.request(verb, body) }, close: () => bus.stop() };
}
