import type { Dict } from '@brine/common';

/** The options that say how long to wait for minions. */
export interface WaitingFlags {
  readonly timeout?: number;
  readonly gatherJobTimeout?: number;
}

/** What a request for a job says beside what is to run: for how long, and for whom. Times are milliseconds. */
export function jobTerms(
  flags: WaitingFlags,
  settings: Dict,
): { readonly deliverWithin: number; readonly patience: number; readonly user: string } {
  return {
    deliverWithin: 1000 * (flags.timeout ?? secondsOf(settings, 'timeout', 5)),
    patience: 1000 * (flags.gatherJobTimeout ?? secondsOf(settings, 'gather_job_timeout', 10)),
    user: userName(),
  };
}

/** Who runs a command, as Salt names him in jobs and events. */
export function userName(): string {
  const sudoer = process.env['SUDO_USER'];
  return sudoer === undefined ? (process.env['USER'] ?? process.env['LOGNAME'] ?? 'root') : `sudo_${sudoer}`;
}

function secondsOf(settings: Dict, key: string, otherwise: number): number {
  const value = settings.get(key);
  return typeof value === 'number' && value > 0 ? value : otherwise;
}
