import { describe, expect, it } from 'vitest';
import { parseArgument, parseArguments } from './parse-arguments.ts';
import { pythonRepr } from './python-repr.ts';

describe('parseArgument', () => {
  it.each([
    ['foo', "'foo'"],
    ['1', '1'],
    ['1.0', '1.0'],
    ['010', '10'],
    ['0644', '644'],
    ['12:30', '750'],
    ['1e3', "'1e3'"],
    ['1_000', "'1_000'"],
    ['a_1', "'a_1'"],
    ['2020-01-01', "'2020-01-01'"],
    ['True', 'True'],
    ['None', 'None'],
    ['none', "'none'"],
    ['null', 'None'],
    ['', "''"],
    ['  ', "'  '"],
    ['---', "'---'"],
    ['...', "'...'"],
    ['|', "'|'"],
    ['!', "'!'"],
    ['#', "'#'"],
    ['5 # five', '5'],
    ['a # b', "'a # b'"],
    ['[1, a] # c', "[1, 'a']"],
    ['{a: 1}', "{'a': 1}"],
    ['a: 1', "'a: 1'"],
    ['[a, 1]', "['a', 1]"],
    ['- a', "'- a'"],
    ['[unclosed', "'[unclosed'"],
    ['"quoted"', "'quoted'"],
    ['1\t', "'1\\t'"],
    ['1\n2', "'1\\n2'"],
    ['!!binary aGk=', "'!!binary aGk='"],
    ['*', "'*'"],
    ['@x', "'@x'"],
  ])('reads %j as %s', (text, expected) => {
    expect(pythonRepr(parseArgument(text))).toBe(expected);
  });
});

describe('parseArguments', () => {
  it('tells keyword from positional arguments', () => {
    const { positional, keyword } = parseArguments([
      'a',
      'b=1',
      'c==1',
      'd.e-f=[1]',
      '1x=2',
      'é=x=y',
      '=z',
      'g=',
      'h=1\n2',
    ]);
    expect(pythonRepr(positional)).toBe("['a', 'c==1', '1x=2', '=z', 'h=1\\n2']");
    expect(pythonRepr(keyword)).toBe("{'b': 1, 'd.e-f': [1], 'é': 'x=y', 'g': ''}");
  });

  it('keeps a positional job id as text, and the last of repeated keywords', () => {
    const { positional, keyword } = parseArguments(['20240101000000000000', 'jid=20240101000000000000', 'jid=1']);
    expect(positional).toEqual(['20240101000000000000']);
    expect(pythonRepr(keyword)).toBe("{'jid': 1}");
  });

  it('leaves alone what is not to be parsed', () => {
    const { keyword } = parseArguments(['text=1', 'number=1'], { noParse: ['text'] });
    expect(pythonRepr(keyword)).toBe("{'text': '1', 'number': 1}");
  });
});
