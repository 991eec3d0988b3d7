import { describe, expect, it } from 'vitest';
import { encodeText, isEncoding } from './encode-text.ts';

function hex(text: string, encoding: string, errors?: Parameters<typeof encodeText>[2]): string {
  return Buffer.from(encodeText(text, encoding, errors)).toString('hex');
}

describe('encodeText', () => {
  it('writes what the codecs of Python write', () => {
    expect(['utf-8', 'UTF_8_SIG', 'utf-16', 'utf-16-le', 'utf-16-be'].map((name) => hex('é', name))).toEqual([
      'c3a9',
      'efbbbfc3a9',
      'fffee900',
      'e900',
      '00e9',
    ]);
    expect(['latin-1', 'cp1252', 'windows-1250'].map((name) => hex('aé', name))).toEqual(['61e9', '61e9', '61e9']);
    expect([hex('€', 'cp1252'), hex('€', 'iso8859-15'), hex('ж', 'koi8-r')]).toEqual(['80', 'a4', 'd6']);
  });

  it('does with characters an encoding does not have what it is told', () => {
    expect([hex('a€', 'ascii', 'replace'), hex('a€', 'ascii', 'ignore')]).toEqual(['613f', '61']);
    expect(Buffer.from(encodeText('é€😀', 'ascii', 'backslashreplace')).toString()).toBe('\\xe9\\u20ac\\U0001f600');
    expect(Buffer.from(encodeText('€', 'latin-1', 'xmlcharrefreplace')).toString()).toBe('&#8364;');
    expect(() => encodeText('é', 'ascii')).toThrow("'ascii' codec can't encode character '\\xe9'");
  });

  it('knows which encodings it has', () => {
    expect(['utf8', 'Latin1', 'CP1251', 'nosuch', 'iso-8859-9'].map(isEncoding)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
