import { decodeValue, type JobReturn, type Value } from '@brine/common';
import { createSealingKeys, openSealed, type SealingKeys } from '@brine/modules';

/**
 * Answers with their secrets, on their way to who asked for them. They come in boxes whose keys are in memory alone, so
 * that whatever keeps a return, here and on the minion, keeps what nobody can read.
 */
export interface Revealing {
  /** From now on minions seal the answers of a job for who submitted it. */
  begin(jid: string): void;
  /** What minions seal with; `undefined` for a job whose secrets nobody sees. */
  publicKeyOf(jid: string): Uint8Array | undefined;
  take(minion: string, answer: Pick<JobReturn, 'jid' | 'sealedValue'>): void;
  /** The answer of a minion with its secrets, once. */
  show(jid: string, minion: string): Value | undefined;
  /** Nobody waits for the job any more. */
  end(jid: string): void;
}

interface Awaited {
  readonly keys: SealingKeys;
  readonly answers: Map<string, Uint8Array>;
}

/** Jobs of which nobody came to see the answers are forgotten when there are more than these. */
const awaitedLimit = 100;

/** Creates the passage. */
export function createRevealing(): Revealing {
  const awaited = new Map<string, Awaited>();
  const end = (jid: string): void => {
    awaited.get(jid)?.keys.secretKey.fill(0);
    awaited.delete(jid);
  };
  return {
    begin(jid) {
      awaited.set(jid, { keys: createSealingKeys(), answers: new Map() });
      const [oldest] = awaited.keys();
      if (awaited.size > awaitedLimit && oldest !== undefined) end(oldest);
    },
    publicKeyOf: (jid) => awaited.get(jid)?.keys.publicKey,
    take(minion, { jid, sealedValue }) {
      if (sealedValue !== undefined) awaited.get(jid)?.answers.set(minion, sealedValue);
    },
    show(jid, minion) {
      const job = awaited.get(jid);
      const sealed = job?.answers.get(minion);
      job?.answers.delete(minion);
      const opened = job === undefined || sealed === undefined ? undefined : openSealed(sealed, job.keys.secretKey);
      return opened === undefined ? undefined : decodeValue(opened);
    },
    end,
  };
}
