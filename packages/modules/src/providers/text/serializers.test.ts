import { toValue, type Dict, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { findSerializer } from './serializers.ts';

function write(format: string, value: Value, options: Dict = new Map()): string | Uint8Array {
  const serializer = findSerializer(format);
  if (typeof serializer === 'string') throw new Error(serializer);
  return serializer.write(value, { keepsLetters: false, options });
}

describe('the formats of file.serialize', () => {
  it('write TOML with values before tables, as Python does', () => {
    const value = toValue({
      title: 'x',
      n: 5,
      f: 1.5,
      b: true,
      l: [1, 2],
      t: { a: 1, u: { b: 'q"uo\n' } },
      arr: [{ a: 1 }, { a: 2, s: { x: 1 } }],
      empty: {},
      el: [],
      'key with space': 1,
      e2: { z: [] },
      none: null,
    });
    expect(write('toml', value)).toBe(`title = "x"
n = 5
f = 1.5
b = true
l = [ 1, 2,]
el = []
"key with space" = 1
[[arr]]
a = 1

[[arr]]
a = 2

[arr.s]
x = 1

[t]
a = 1

[empty]

[e2]
z = []

[t.u]
b = "q\\"uo\\n"
`);
    expect(() => write('toml', 5)).toThrow('TOML cannot hold 5 here');
  });

  it('heed the options of Python for JSON and YAML, and refuse others', () => {
    const value = toValue({ b: 'é', a: [1] });
    const options = (...entries: [Value, Value][]): Dict => new Map(entries);
    expect(write('json', value)).toBe('{\n  "a": [\n    1\n  ],\n  "b": "é"\n}');
    const compact = options(['indent', null], ['separators', [',', ':']], ['ensure_ascii', true]);
    expect(write('json', value, compact)).toBe('{"a":[1],"b":"\\u00e9"}');
    expect(write('yaml', value)).toBe('a:\n- 1\nb: "\\xE9"');
    expect(write('yaml', value, options(['allow_unicode', true], ['explicit_start', true]))).toBe('---\na:\n- 1\nb: é');
    expect(write('yaml', value, options(['default_flow_style', true], ['explicit_end', true]))).toBe(
      '{a: [1], b: "\\xE9"}\n...',
    );
    expect(() => write('json', value, options(['wide', 1]))).toThrow('wide is no option of json');
    expect(() => write('configparser', value, options(['wide', 1]))).toThrow('wide is no option of configparser');
  });

  it('write property lists, complete with their head', () => {
    const text = write('plist', toValue({ b: true, a: [1, 2.5, 'x&y'], d: { k: '' } })) as Uint8Array;
    expect(Buffer.from(text).toString()).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>a</key>
	<array>
		<integer>1</integer>
		<real>2.5</real>
		<string>x&amp;y</string>
	</array>
	<key>b</key>
	<true/>
	<key>d</key>
	<dict>
		<key>k</key>
		<string></string>
	</dict>
</dict>
</plist>
`);
    expect(() => write('plist', null)).toThrow('A property list cannot hold None');
  });

  it('write MessagePack', () => {
    const value = toValue({ a: 1, b: [true, null, 'é'], f: 1.5, n: -200, big: 70000, neg: -1 }) as Dict;
    const bytes = write('msgpack', new Map<Value, Value>([...value, ['by', new Uint8Array([1, 2])]]));
    expect(Buffer.from(bytes as Uint8Array).toString('hex')).toBe(
      '87a16101a16293c3c0a2c3a9a166cb3ff8000000000000a16ed1ff38a3626967ce00011170a36e6567ffa26279c4020102',
    );
  });
});
