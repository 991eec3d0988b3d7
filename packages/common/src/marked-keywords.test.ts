import { toValue, type Dict, type Value } from './value.ts';
import { describe, expect, it } from 'vitest';
import { liftMarkedKeywords } from './marked-keywords.ts';

const lift = (positional: Value[], keyword: Record<string, Value> = {}) =>
  liftMarkedKeywords(positional, toValue(keyword) as Dict);

describe('liftMarkedKeywords', () => {
  it('makes the entries of a marked dict keyword arguments', () => {
    const marked = toValue({ __kwarg__: true, user: 'deploy', groups: ['www'] });
    expect(lift(['pos', marked], { user: 'root', shell: '/bin/sh' })).toEqual({
      positional: ['pos'],
      keyword: toValue({ user: 'deploy', shell: '/bin/sh', groups: ['www'] }),
    });
  });

  it('takes the mark off a dict that is marked as none', () => {
    expect(lift([toValue({ __kwarg__: false, x: 1 })])).toEqual({
      positional: [toValue({ x: 1 })],
      keyword: new Map(),
    });
  });

  it('leaves everything else as it is', () => {
    const plain = toValue({ x: 1 });
    expect(lift([1, plain, [plain]])).toEqual({ positional: [1, plain, [plain]], keyword: new Map() });
  });
});
