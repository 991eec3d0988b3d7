import { isDict, isFloat, isInteger, pythonStr, type Value } from '@brine/common';

/** How often and until when a step is tried again. */
export interface RetryRules {
  readonly until: boolean;
  readonly attempts: number;
  /** Seconds between two attempts. */
  readonly interval: number;
  /** At most this many seconds more, at random. */
  readonly splay: number;
}

const defaults: RetryRules = { until: true, attempts: 2, interval: 30, splay: 0 };

/** Reads a `retry`; whatever is missing or of the wrong kind has Salt's default, as has everything but a dict. */
export function readRetryRules(value: Value): RetryRules {
  if (!isDict(value)) return defaults;
  const until = value.get('until');
  const number = (key: 'attempts' | 'interval' | 'splay'): number => {
    const written = value.get(key);
    const isNumber = isInteger(written) || (key !== 'attempts' && isFloat(written));
    return isNumber && Number(written) >= 0 ? Number(written) : defaults[key];
  };
  return {
    until: typeof until === 'boolean' ? until : defaults.until,
    attempts: number('attempts'),
    interval: number('interval'),
    splay: number('splay'),
  };
}

/** What a dry run says about a step that would be retried. */
export function foretellRetry({ until, attempts, interval, splay }: RetryRules): string {
  return `The state would be retried every ${interval} seconds (with a splay of up to ${splay} seconds) a maximum of ${attempts} times or until a result of ${pythonStr(until)} is returned`;
}
