import { toValue, type Dict } from '@brine/common';
import { expect, it } from 'vitest';
import { parseIni, setIniOptions, showIni, writeIni } from './ini-document.ts';

const file = '# top\nalone = 1\n[db]\nhost = pg1\n;port = 1\n#size = 3\n\nlong = a\n  b\n[web]\nport=80\n';

it('keeps comments, blank lines and continued values', () => {
  const rewritten = '# top\nalone = 1\n\n[db]\nhost = pg1\n;port = 1\n#size = 3\n\nlong = a\n  b\n\n[web]\nport = 80\n';
  expect(writeIni(parseIni(file))).toBe(rewritten);
  expect(writeIni(parseIni(rewritten))).toBe(rewritten);
});

it('shows options and sections without the lines between', () => {
  expect(showIni(parseIni(file))).toEqual(
    toValue({ alone: '1', db: { host: 'pg1', long: 'a\n  b' }, web: { port: '80' } }),
  );
});

it('sets options, in the place of a comment where there is one, and tells what changed', () => {
  const ini = parseIni(file);
  const wanted = toValue({ db: { size: 4, host: 'pg1' }, new: { k: true }, alone: 2 }) as Dict;
  expect(setIniOptions(ini, wanted)).toEqual(
    toValue({
      db: { size: { before: null, after: '4' } },
      new: { before: null, after: { k: 'True' } },
      alone: { before: '1', after: '2' },
    }),
  );
  expect(writeIni(ini)).toBe(
    '# top\nalone = 2\n\n[db]\nhost = pg1\n;port = 1\nsize = 4\n\nlong = a\n  b\n\n[web]\nport = 80\n\n[new]\nk = True\n',
  );
  expect(setIniOptions(ini, wanted)).toEqual(new Map());
});

it('parts names and values by another mark', () => {
  expect(showIni(parseIni('[a]\nk: v=w\n', ':'))).toEqual(toValue({ a: { k: 'v=w' } }));
});
