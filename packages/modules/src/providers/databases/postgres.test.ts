import { expect, it } from 'vitest';
import { fitsHash, hashFor, quoteName, quoteText } from './postgres.ts';

it('quotes names and texts so that they end where they are meant to', () => {
  expect(quoteName('a"b')).toBe('"a""b"');
  expect(quoteText("it's")).toBe("'it''s'");
  expect(quoteText("\\'")).toBe("E'\\\\'''");
});

it('hashes and checks passwords as the server does', () => {
  expect(hashFor('app', 'secret', 'md5')).toBe('md56a422f785c9e20873908ce25d1736ae2');
  for (const kind of ['md5', 'scram-sha-256']) {
    const stored = hashFor('app', 'secret', kind);
    expect(fitsHash('app', 'secret', stored)).toBe(true);
    expect(fitsHash('app', 'other', stored)).toBe(false);
    expect(hashFor('app', stored, kind)).toBe(stored);
  }
});
