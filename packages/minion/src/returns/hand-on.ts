import {
  decodeValue,
  isDict,
  returnNames,
  type Dict,
  type JobMessage,
  type JobReturn,
  type Logger,
} from '@brine/common';
import type { Outbox } from '@brine/returners';
import { jobPayload } from './return-payload.ts';

/** What returns are handed on with. */
export interface HandOnOptions {
  readonly id: string;
  /** The minion's configuration under Salt's key names. */
  readonly options: Dict;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly logger: Logger;
}

/**
 * Hands the return of a job to the returners that the job, the configuration (`return`) and, for a job of the schedule,
 * `schedule_returner` name. It is in the outbox, on the disk, when this resolves; what goes wrong is in the log.
 */
export async function handOn(
  job: JobMessage,
  jobReturn: JobReturn,
  { id, options, outbox, logger }: HandOnOptions,
): Promise<void> {
  const { names = [], config, kwargs } = job.returners ?? {};
  const scheduled = job.own?.kind === 'schedule' ? options.get('schedule_returner') : undefined;
  const all = returnNames([...names], options.get('return'), scheduled);
  if (all.length === 0) return;
  const words = kwargs === undefined ? undefined : decodeValue(kwargs);
  const wish = {
    ...(config === undefined ? {} : { config }),
    ...(words !== undefined && isDict(words) ? { kwargs: words } : {}),
  };
  const payload = jobPayload(id, job, jobReturn);
  for (const returner of all) {
    try {
      await outbox.put({ kind: 'return', returner, payload, ...wish });
    } catch (error) {
      logger.error('a return cannot be handed to a returner', { jid: job.jid, returner, error });
    }
  }
}
