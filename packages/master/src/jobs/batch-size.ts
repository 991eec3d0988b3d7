import { AppError } from '@brine/common';

/**
 * How many minions of `count` may have a job at the same time, for a size as people write it: `3`, `25%`, `%25`.
 * A percentage is rounded down, but never to less than one. Throws `request-invalid`.
 */
export function placesOf(size: string, count: number): number {
  const [, before, number, after] = /^(%?)(\d+(?:\.\d+)?)(%?)$/.exec(size.trim()) ?? [];
  const isPercentage = before === '%' || after === '%';
  const places = isPercentage ? Math.floor((Number(number) / 100) * count) : Number(number);
  if (Number.isNaN(places) || Number(number) === 0 || (!isPercentage && !Number.isInteger(places))) {
    throw new AppError({
      code: 'request-invalid',
      message: `'${size}' is no size of a batch: write a number of minions (3) or a share of them (25%)`,
      exitCode: 2,
    });
  }
  return Math.max(1, places);
}
