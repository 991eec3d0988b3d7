import { toValue, type Plain } from '@brine/common';
import { expect, test } from 'vitest';
import { readRetryRules, type RetryRules } from './retry-rules.ts';

const cases: readonly [title: string, written: Plain, rules: RetryRules][] = [
  [
    'all four',
    { until: false, attempts: 5, interval: 1.5, splay: 3 },
    { until: false, attempts: 5, interval: 1.5, splay: 3 },
  ],
  ['missing ones by default', { attempts: 3 }, { until: true, attempts: 3, interval: 30, splay: 0 }],
  [
    'wrong ones by default',
    { until: 'yes', attempts: '9', interval: -1 },
    { until: true, attempts: 2, interval: 30, splay: 0 },
  ],
  ['a plain true by default', true, { until: true, attempts: 2, interval: 30, splay: 0 }],
];
test.each(cases)('a retry has %s', (_title, written, rules) => {
  expect(readRetryRules(toValue(written))).toEqual(rules);
});
