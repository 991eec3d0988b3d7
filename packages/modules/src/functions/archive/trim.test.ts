import { expect, it } from 'vitest';
import { trimList, trimming } from './trim.ts';

it('tells the first of a list and that there is more', () => {
  expect(trimList(['a', 'b', 'c'], 2)).toEqual(['a', 'b', 'List trimmed after 2 files.']);
  expect(trimList(['a', 'b'], 2)).toEqual(['a', 'b']);
  expect(trimList(['a', 'b'], 0)).toEqual(['a', 'b']);
});

it('takes true for a hundred and false for all', () => {
  expect([true, false, 7, '7'].map((value) => trimming().parse(value))).toEqual([100, 0, 7, 7]);
  expect(() => trimming().parse('many')).toThrow('true, false or a number of lines');
});
