import { toValue } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { readCall } from './read-call.ts';

const read = (fun: string, words: string[], flags = {}): unknown => readCall(fun, words, flags).positional;

describe('readCall', () => {
  it('reads one function and its arguments as Salt does', () => {
    expect(readCall('test.arg', ['1', 'x=[1, 2]', 'y=1'], { parse: 'y' })).toEqual({
      function: 'test.arg',
      positional: [1],
      keyword: toValue({ x: [1, 2], y: '1' }),
    });
  });

  it('parts the arguments of several functions at separators that stand alone', () => {
    expect(read('test.ping,cmd.run', [',', 'echo a,b', 'cwd=/'])).toEqual([
      [],
      ['echo a,b', toValue({ __kwarg__: true, cwd: '/' })],
    ]);
    expect(read('test.echo,test.echo', ['1,2', '::', '3'], { argsSeparator: '::' })).toEqual([['1,2'], [3]]);
  });

  it('parts them inside words when there are not enough of those', () => {
    expect(read('cmd.run,test.ping,test.echo', ['cat /proc/cpuinfo,,foo'])).toEqual([
      ['cat /proc/cpuinfo'],
      [],
      ['foo'],
    ]);
  });

  it('needs no arguments for functions that take none', () => {
    expect(read('test.ping,test.version', [])).toEqual([[], []]);
  });

  it('refuses too many and too few groups', () => {
    const fails = (words: string[]) => () => read('test.ping,test.echo', words);
    expect(fails(['a'])).toThrow("2 functions in one job need arguments for all of them, separated by ','");
    expect(fails(['a,b,c'])).toThrow('need fewer groups of arguments');
  });
});
