import type { Clock, JobProgress, Timer } from '@brine/common';

const paceMilliseconds = 100;

/**
 * Tells progress at most ten times a second, the first and each failure at once and never the last too late: what is
 * newest then replaces what was not told yet. A run of thousands of quick steps would keep the bus busier than itself.
 */
export function paceProgress(tell: (progress: JobProgress) => void, clock: Clock): (progress: JobProgress) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  let failed = 0;
  let waiting: { progress: JobProgress; readonly timer: Timer } | undefined;

  function tellNow(progress: JobProgress): void {
    waiting?.timer.cancel();
    waiting = undefined;
    toldAt = clock.monotonic();
    failed = progress.failed;
    tell(progress);
  }

  return (progress) => {
    const rest = toldAt + paceMilliseconds - clock.monotonic();
    const isLast = progress.current === undefined;
    if (rest <= 0 || isLast || progress.failed !== failed) tellNow(progress);
    else if (waiting !== undefined) waiting.progress = progress;
    else waiting = { progress, timer: clock.after(rest, () => tellNow(waiting?.progress ?? progress)) };
  };
}
