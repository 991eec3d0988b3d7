import { expect, it } from 'vitest';
import { compareDebianVersions } from './compare-versions.ts';

it('orders versions as dpkg does', () => {
  const ascending = [
    '1.0~beta1',
    '1.0~rc1-1',
    '1.0',
    '1.0-1',
    '1.0-1ubuntu1',
    '1.0-1+b1',
    '1.0.1',
    '1.2',
    '1.10',
    '1:0.9',
    '2:0.1',
  ];
  const shuffled = ascending.toReversed();
  expect(shuffled.toSorted(compareDebianVersions)).toEqual(ascending);
});

it('takes leading zeros for nothing', () => {
  expect(compareDebianVersions('1.001', '1.1')).toBe(0);
});
