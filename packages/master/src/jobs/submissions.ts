import { AppError } from '@brine/common';
import type { JobRequest, SubmittedJob } from '@brine/api';
import type { Store } from '../store/store.ts';

/** Requests that are to make one job, however often they are sent. */
export interface Submissions {
  /**
   * What `submit` answers, or the job that a request with the same key made, for as long as that job is kept. Throws
   * `idempotency-conflict` when the key was used for another request. A request that failed may be sent again.
   */
  once(wish: JobRequest['once'], submit: () => Promise<SubmittedJob>): Promise<SubmittedJob>;
}

/** Creates them; what they know is in the store, so that it outlives the process. */
export function createSubmissions(store: Pick<Store, 'findSubmission' | 'deliveries'>): Submissions {
  const underWay = new Map<string, Promise<unknown>>();
  async function submitOrFind(wish: OnceWish, submit: () => Promise<SubmittedJob>): Promise<SubmittedJob> {
    const known = await store.findSubmission(wish.key);
    if (known === undefined) return submit();
    if (known.digest !== wish.digest) {
      throw new AppError({ code: 'idempotency-conflict', message: 'the key was used before for another request' });
    }
    const minions = (await store.deliveries(known.jid)).map(({ minion }) => minion);
    return { jid: known.jid, minions };
  }
  return {
    async once(wish, submit) {
      if (wish === undefined) return submit();
      // Those with the same key wait for each other, so that the second finds what the first has stored.
      const before = underWay.get(wish.key) ?? Promise.resolve();
      const own = before.catch(() => {}).then(async () => submitOrFind(wish, submit));
      underWay.set(wish.key, own);
      try {
        return await own;
      } finally {
        if (underWay.get(wish.key) === own) underWay.delete(wish.key);
      }
    },
  };
}

type OnceWish = NonNullable<JobRequest['once']>;
