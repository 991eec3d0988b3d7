import { toValue } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { readSections, writeSections } from './config-sections.ts';

describe('sections of configparser', () => {
  it('are written with names in lower case, defaults first', () => {
    const value = toValue({ web: { Port: 80, motd: 'a\nb' }, DEFAULT: { user: 'www' } });
    expect(writeSections(value)).toBe('[DEFAULT]\nuser = www\n\n[web]\nport = 80\nmotd = a\n\tb\n\n');
  });

  it('are read with comments, further lines and defaults', () => {
    const text = '# c\n[DEFAULT]\nuser = www\n[web]\nPort: 80\nmotd = a\n\tb\n; c\n';
    expect(readSections(text)).toEqual(toValue({ web: { user: 'www', port: '80', motd: 'a\nb' } }));
  });

  it('are refused where Python refuses them', () => {
    expect(() => writeSections(toValue({ a: 1 }))).toThrow('section a is not a dict of options');
    expect(() => writeSections(toValue([1]))).toThrow('sections are written from a dict of dicts');
    expect(() => writeSections(toValue({ a: { b: '50%' } }))).toThrow('a % in option b has to be doubled');
    expect(() => writeSections(toValue({ a: { b: null } }))).toThrow('option b has no value');
    expect(() => readSections('a = 1\n')).toThrow('line 1 is in no section');
    expect(() => readSections('[a]\n[a]\n')).toThrow('section a occurs again in line 2');
    expect(() => readSections('[a]\nb = 1\nb = 2\n')).toThrow('option b occurs again in line 3');
    expect(() => readSections('[a]\nplain\n')).toThrow('line 2 is no option');
  });
});
