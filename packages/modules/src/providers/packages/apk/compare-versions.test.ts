import { expect, it } from 'vitest';
import { compareApkVersions } from './compare-versions.ts';

it('orders versions as apk does', () => {
  const ascending = [
    '0.1.0_alpha',
    '0.1.0_alpha2',
    '0.1.0_beta1',
    '0.1.0_pre1',
    '0.1.0_rc1',
    '0.1.0',
    '0.1.0-r1',
    '0.1.0-r12',
    '0.1.0_git20240101',
    '0.1.0_p1',
    '0.1.0a',
    '0.1.0.1',
    '1.02',
    '1.1',
    '1.10',
  ];
  expect(ascending.toReversed().toSorted(compareApkVersions)).toEqual(ascending);
});
