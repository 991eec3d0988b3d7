import { toPlain } from '@brine/common';
import { describe, expect, test } from 'vitest';
import { parseSlotCall } from './parse-slot-call.ts';

function parse(text: string): unknown {
  const call = parseSlotCall(text);
  return call && { ...call, keyword: toPlain(call.keyword) };
}

describe('a slot', () => {
  test('is a function with arguments', () => {
    expect(parse("salt:cmd.run('cat /etc/motd', shell=/bin/sh)")).toEqual({
      name: 'cmd.run',
      positional: ['cat /etc/motd'],
      keyword: { shell: '/bin/sh' },
      path: undefined,
      appended: undefined,
    });
  });

  test('may pick a part of the answer and have a text put behind it', () => {
    expect(parse('salt:test.arg(a, k=b).kwargs.k ~ -suffix')).toEqual({
      name: 'test.arg',
      positional: ['a'],
      keyword: { k: 'b' },
      path: 'kwargs.k',
      appended: '-suffix',
    });
  });

  test('keeps brackets, quotes and escapes together', () => {
    expect(parse(String.raw`salt:f([1, 2], "it's (a, b) = c", a\"b, k={x: [y]})`)).toEqual({
      name: 'f',
      positional: ['[1,2]', "it's (a, b) = c", 'a"b'],
      keyword: { k: '{x:[y]}' },
      path: undefined,
      appended: undefined,
    });
  });

  test.each(['pillar:f()', 'salt:f', 'salt:(a)', 'salt:f(a', "salt:f('a)", 'salt:f(a])', 'salt:f(a # b)'])(
    'is not %s',
    (text) => {
      expect(parseSlotCall(text)).toBeUndefined();
    },
  );
});
