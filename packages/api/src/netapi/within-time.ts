import type { Value } from '@brine/common';
import { HttpProblem } from './http-problem.ts';

/** Waits for work for so many seconds, as a chunk asks for with `timeout`. Throws 504; the work goes on. */
export async function withinTime<Result>(work: Promise<Result>, seconds: Value): Promise<Result> {
  const limit = seconds === null || seconds === '' ? Number.NaN : Number(seconds);
  if (!Number.isFinite(limit) || limit <= 0) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new HttpProblem(504, 'The gateway server did not receive a timely response')),
      Math.min(limit, 86_400) * 1000,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
