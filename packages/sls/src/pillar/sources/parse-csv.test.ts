import { expect, test } from 'vitest';
import { parseCsv } from './parse-csv.ts';

test.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,,\n,b\n',
    [
      ['a', '', ''],
      ['', 'b'],
    ],
  ],
  ['\n\na\n\n', [['a']]],
  ['"a,b","say ""hi""","two\nlines"\n', [['a,b', 'say "hi"', 'two\nlines']]],
  ['"a" b,c "d"\n', [['a b', 'c "d"']]],
  ['""\n"never closed', [[''], ['never closed']]],
  ['', []],
])('%j is read as rows', (text, rows) => {
  expect(parseCsv(text, ',')).toEqual(rows);
});

test('another delimiter leaves commas alone', () => {
  expect(parseCsv('a,b\tc\n', '\t')).toEqual([['a,b', 'c']]);
});
