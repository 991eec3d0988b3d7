import { expect, it } from 'vitest';
import { comparePythonVersions, meetsSpecifier } from './python-versions.ts';

it('orders versions as Python does', () => {
  const ascending = ['1.0.dev1', '1.0a1', '1.0b2', '1.0rc1', '1.0', '1.0.post1', '1.2', '1.10', '1!0.1'];
  expect(ascending.toReversed().toSorted(comparePythonVersions)).toEqual(ascending);
  expect(comparePythonVersions('1.0', '1.0.0')).toBe(0);
});

it('reads specifiers', () => {
  const met = ['', '==1.4', '>=1.2,<2', '~=1.2', '==1.*', '!=1.5', '>1'];
  expect(met.filter((specifier) => !meetsSpecifier('1.4', specifier))).toEqual([]);
  const unmet = ['==1.5', '<1.4', '~=1.4.1', '==2.*', '!=1.*', '>=1.5'];
  expect(unmet.filter((specifier) => meetsSpecifier('1.4', specifier))).toEqual([]);
});
