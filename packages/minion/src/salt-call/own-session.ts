import type { MinionState, MinionStateDetails } from '@brine/bus';
import { systemClock } from '@brine/common';
import type { MasterLink } from '../call/master-link.ts';
import { minionError } from '../errors.ts';
import { createBusOf } from '../session/minion-bus.ts';
import type { CallSessionRequest } from './call-session.ts';

/** Connects to the master with the minion's key and waits until it is accepted. */
export async function connectOwnSession({
  settings,
  log,
  timeout,
}: CallSessionRequest): Promise<{ readonly link: MasterLink; close(): Promise<void> }> {
  let settle: (result: Error | undefined) => void = () => {};
  const settled = new Promise<Error | undefined>((resolve) => (settle = resolve));
  let last = 'it did not answer';
  const bus = await createBusOf(settings, log, {
    // Jobs are for the daemon: what is not acknowledged here comes to it again.
    onPublication: () => Promise.reject(minionError('verb-unknown', 'salt-call takes no jobs')),
    onRequest: () => Promise.reject(minionError('verb-unknown', 'salt-call answers no requests')),
    onState: (state, details) => {
      if (state === 'accepted') settle(undefined);
      const refusal = explainRefusal(state, details, settings.id);
      if (refusal !== undefined) settle(minionError('master-refused', refusal));
      if (state === 'pending')
        last = `the key of ${settings.id} waits to be accepted there: salt-key -a ${settings.id}`;
    },
  });
  const timer = systemClock.after(timeout * 1000, () => {
    settle(minionError('master-unreachable', `no session with the master within ${timeout} seconds: ${last}`));
  });
  bus.start();
  const failure = await settled;
  timer.cancel();
  if (failure !== undefined) {
    await bus.stop();
    throw failure;
  }
  return { link: { request: (verb, body) => bus.request(verb, body) }, close: () => bus.stop() };
}

function explainRefusal(state: MinionState, details: MinionStateDetails, id: string): string | undefined {
  if (state === 'rejected') return `the master rejects the key of ${id}`;
  if (state === 'denied')
    return `the master knows ${id} by another key; if this one is right, delete it there: salt-key -d ${id}`;
  if (state !== 'master-key-changed') return undefined;
  const shown = details.masterFingerprint ?? 'unknown';
  return `the master shows another key (${shown}) than the one this minion trusts; if that is right, remove minion_master.pub`;
}
