import type { MinionState, MinionStateDetails } from '@brine/bus';
import type { AppError, Clock } from '@brine/common';
import { minionError } from '../errors.ts';

/** How a minion stands with its master, for those who wait for it. */
export interface MasterStanding {
  /** Told of every change of state. */
  follow(state: MinionState, details: MinionStateDetails): void;
  /** Resolves as soon as there is a session; rejects with `master-refused`, or `master-unreachable` when time is up. */
  accepted(milliseconds: number): Promise<void>;
  /** Whether the master has ever accepted this process. */
  readonly wasAccepted: boolean;
}

/** Follows the states of the bus of the minion `id`. */
export function createMasterStanding(id: string, clock: Clock): MasterStanding {
  const waiting = new Set<(refusal: AppError | undefined) => void>();
  let current: MinionState = 'connecting';
  let wasAccepted = false;
  // Between two attempts the state is another, but the master has not changed its mind.
  let refusal: AppError | undefined;
  let why = 'it did not answer';
  return {
    follow(state, details) {
      current = state;
      if (state === 'accepted' || state === 'pending') refusal = undefined;
      if (state === 'accepted') wasAccepted = true;
      if (state === 'pending') why = `the key of ${id} waits to be accepted there: salt-key -a ${id}`;
      refusal = explainRefusal(state, details, id) ?? refusal;
      if (state !== 'accepted' && refusal === undefined) return;
      for (const settle of waiting) settle(refusal);
    },
    accepted: (milliseconds) =>
      new Promise((resolve, reject) => {
        if (refusal !== undefined) return reject(refusal);
        if (current === 'accepted') return resolve();
        const timer = clock.after(milliseconds, () => {
          waiting.delete(settle);
          const seconds = milliseconds / 1000;
          reject(minionError('master-unreachable', `no session with the master within ${seconds} seconds: ${why}`));
        });
        const settle = (refused: AppError | undefined): void => {
          timer.cancel();
          waiting.delete(settle);
          if (refused === undefined) resolve();
          else reject(refused);
        };
        waiting.add(settle);
      }),
    get wasAccepted() {
      return wasAccepted;
    },
  };
}

/** What a person is told of a refusal; `undefined` for states that are none. */
export function explainRefusal(state: MinionState, details: MinionStateDetails, id: string): AppError | undefined {
  switch (state) {
    case 'rejected':
      return minionError('master-refused', `the master rejects the key of ${id}`);
    case 'denied': {
      const way = `if this minion is the right one, delete there what stands in its way; 'salt-key -L' says what`;
      return minionError('master-refused', `the master knows ${id} by another key, or this key by another id; ${way}`);
    }
    case 'twin':
      return minionError(
        'master-refused',
        `another machine that is alive holds the key of ${id}: one of them is a copy`,
      );
    case 'master-key-changed': {
      const { masterFingerprint: shown = 'unknown', trustedFingerprint: trusted = 'unknown' } = details;
      const way = 'if the shown one is right, correct master_finger and remove minion_master.pub';
      return minionError('master-refused', `the master shows the key ${shown}, but ${trusted} is trusted here; ${way}`);
    }
    case 'connecting':
    case 'handshaking':
    case 'pending':
    case 'accepted':
    case 'stopped':
      return undefined;
  }
}
