import { readFileSync } from 'node:fs';

/**
 * Milliseconds of processor time that the calling thread has had, from the first number (nanoseconds) of Linux's
 * `/proc/thread-self/schedstat`; undefined where the system does not tell.
 */
export function threadTime(): number | undefined {
  try {
    const [nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return undefined;
  }
}
