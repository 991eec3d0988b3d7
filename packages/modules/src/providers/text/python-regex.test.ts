import { describe, expect, it } from 'vitest';
import { checkReplacement, compileFlaggedRegex, expandReplacement, readRegexFlags } from './python-regex.ts';

function find(pattern: string, text: string, flags = {}): string | undefined {
  return compileFlaggedRegex(pattern, flags).exec(text)?.[0];
}

describe('compileFlaggedRegex', () => {
  it('reads what Python writes otherwise', () => {
    expect(compileFlaggedRegex('(?P<word>\\w+) (?P=word)').exec('so so')?.groups?.['word']).toBe('so');
    expect(find('[][a]+', 'x[a]')).toBe('[a]');
    expect(find('\\Aab\\Z', 'ab')).toBe('ab');
    expect(find('(?#note)a', 'a')).toBe('a');
    expect(find('(?i)port', 'PORT')).toBe('PORT');
    expect(find('a b  # blanks\nc', 'abc', { verbose: true })).toBe('abc');
  });

  it('lets $ match before a last line end, and at every line end only with MULTILINE', () => {
    expect(find('b$', 'a\nb\n')).toBe('b');
    expect(find('a$', 'a\nb\n')).toBeUndefined();
    expect(find('a$', 'a\nb\n', { multiline: true })).toBe('a');
  });

  it('names a pattern it cannot read', () => {
    expect(() => compileFlaggedRegex('a(b')).toThrow("invalid regular expression 'a(b': Unterminated group");
  });

  it('reads flags as names, letters and numbers', () => {
    const all = { ignoreCase: true, multiline: true, dotAll: false, verbose: false };
    expect([readRegexFlags(['IGNORECASE', 'm']), readRegexFlags([10])]).toEqual([all, all]);
    expect(() => readRegexFlags(['FAST'])).toThrow('Invalid re flag given: FAST');
  });

  it('fills groups into a replacement', () => {
    const match = compileFlaggedRegex('(?P<key>\\w+)=(\\w+)').exec('a=b');
    expect(match && expandReplacement('\\2\\g<key>\\n\\g<1>\\\\', match)).toBe('ba\na\\');
    expect(match && expandReplacement('\\0\\101\\-', match)).toBe('\0A\\-');
  });

  it('refuses replacements that Python refuses', () => {
    const match = compileFlaggedRegex('(a)').exec('a');
    expect(() => match && expandReplacement('\\2', match)).toThrow('invalid group reference 2');
    expect(() => match && expandReplacement('\\g<key>', match)).toThrow("unknown group name 'key'");
    expect(() => checkReplacement('\\d')).toThrow('invalid replacement: bad escape \\d');
    expect(() => checkReplacement('\\n\\1\\g<1>\\.')).not.toThrow();
  });
});
