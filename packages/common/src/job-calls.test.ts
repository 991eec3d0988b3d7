import { describe, expect, it } from 'vitest';
import { callsOf, isCompound } from './job-calls.ts';
import { toValue, type Dict, type Value } from './value.ts';

describe('callsOf', () => {
  it('is one call for one function, with marked keyword arguments among the others', () => {
    const positional = toValue(['ls', { __kwarg__: true, cwd: '/' }]) as Value[];
    expect(callsOf({ fun: 'cmd.run', positional, keyword: toValue({ shell: '/bin/sh' }) as Dict })).toEqual([
      { fun: 'cmd.run', positional: ['ls'], keyword: toValue({ shell: '/bin/sh', cwd: '/' }) },
    ]);
  });

  it('gives each of several functions its own list of arguments', () => {
    const positional = toValue([[], ['ls', { __kwarg__: true, cwd: '/' }], 'one']) as Value[];
    expect(callsOf({ fun: 'test.ping,cmd.run,test.echo,test.version', positional, keyword: new Map() })).toEqual([
      { fun: 'test.ping', positional: [], keyword: new Map() },
      { fun: 'cmd.run', positional: ['ls'], keyword: toValue({ cwd: '/' }) },
      { fun: 'test.echo', positional: ['one'], keyword: new Map() },
      { fun: 'test.version', positional: [], keyword: new Map() },
    ]);
    expect([isCompound('test.ping'), isCompound('test.ping,test.version')]).toEqual([false, true]);
  });
});
