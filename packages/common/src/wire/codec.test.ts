import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../app-error.ts';
import { Float, toFloat, type Value } from '../value.ts';
import { decodeMessage, decodeValue, encodeMessage, encodeValue } from './codec.ts';

const key = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('__proto__', 'toString'),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
    fc.double().map(toFloat),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('value')),
    fc.array(fc.tuple(key, tie('value'))).map((pairs) => new Map<Value, Value>(pairs)),
  ),
}));

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (caught) {
    return isAppError(caught) ? caught.code : String(caught);
  }
  return 'no error';
}

describe('encodeValue and decodeValue', () => {
  it('give back every value with its types and key order', () => {
    fc.assert(
      fc.property(value, (sample) => {
        expect(decodeValue(encodeValue(sample))).toStrictEqual(normal(sample));
      }),
    );
  });

  it('keep 1 and 1.0, and the keys 22 and "22", apart', () => {
    const sample: Value = [
      1,
      new Float(1),
      new Map<Value, Value>([
        [22, 'int'],
        ['22', 'text'],
      ]),
    ];
    expect(decodeValue(encodeValue(sample))).toStrictEqual(sample);
  });

  it('never throw anything but an AppError on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['no error', 'wire-malformed', 'wire-too-deep']).toContain(codeOf(() => decodeValue(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse a message cut anywhere', () => {
    const bytes = encodeValue(new Map<Value, Value>([['list', [1, 2.5, 'text', new Uint8Array(300)]]]));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codeOf(() => decodeValue(bytes.subarray(0, length)))).toBe('wire-malformed');
    }
  });

  it('refuse bytes after the end', () => {
    expect(codeOf(() => decodeValue(new Uint8Array([0xc0, 0xc0])))).toBe('wire-malformed');
  });

  it('refuse an announced length that is not there, without reserving it', () => {
    expect(codeOf(() => decodeValue(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])))).toBe('wire-malformed');
    expect(codeOf(() => decodeValue(new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff])))).toBe('wire-malformed');
    expect(codeOf(() => decodeValue(new Uint8Array([0xc6, 0xff, 0xff, 0xff, 0xff])))).toBe('wire-malformed');
  });

  it.each([
    ['a regular expression', [0xc7, 0x01, 0x78, 0x90]],
    ['a date', [0xd6, 0xff, 0, 0, 0, 0]],
    ['an error', [0xd4, 0x65, 0x90]],
    ['a record', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61]],
    ['undefined', [0xd4, 0, 0]],
    ['a reserved type', [0xc1]],
  ])('refuse %s', (_name, bytes) => {
    expect(codeOf(() => decodeValue(new Uint8Array(bytes)))).toBe('wire-malformed');
  });

  it('refuse lists and dicts as keys', () => {
    expect(codeOf(() => decodeValue(new Uint8Array([0x81, 0x90, 0x01])))).toBe('wire-malformed');
    expect(codeOf(() => decodeValue(new Uint8Array([0x81, 0x80, 0x01])))).toBe('wire-malformed');
  });

  it('take 64 levels and refuse 65 on both sides', () => {
    const nest = (levels: number): Value => (levels === 0 ? 1 : [nest(levels - 1)]);
    expect(decodeValue(encodeValue(nest(64)))).toStrictEqual(nest(64));
    expect(codeOf(() => encodeValue(nest(65)))).toBe('wire-too-deep');
    expect(codeOf(() => decodeValue(new Uint8Array([...Array.from({ length: 65 }, () => 0x91), 1])))).toBe(
      'wire-too-deep',
    );
  });

  it('refuse more than 64 MiB on both sides', () => {
    const bytes = new Uint8Array(64 * 1024 * 1024);
    expect(codeOf(() => encodeValue(bytes))).toBe('wire-too-large');
    expect(codeOf(() => decodeValue(new Uint8Array(bytes.length + 1)))).toBe('wire-too-large');
  });
});

describe('encodeMessage and decodeMessage', () => {
  it('give back an envelope as objects without a prototype', () => {
    const envelope = {
      verb: 'return',
      jid: '1',
      list: [{ a: null, b: true }],
      bytes: new Uint8Array([1]),
      gone: undefined,
    };
    const decoded = decodeMessage(encodeMessage(envelope)) as Record<string, unknown>;
    expect(Object.getPrototypeOf(decoded)).toBeNull();
    expect(decoded).toEqual({ verb: 'return', jid: '1', list: [{ a: null, b: true }], bytes: new Uint8Array([1]) });
    expect(Object.keys(decoded)).toEqual(['verb', 'jid', 'list', 'bytes']);
  });

  it('treat hostile keys as plain data', () => {
    const bytes = encodeValue(new Map<Value, Value>([['__proto__', new Map<Value, Value>([['isAdmin', true]])]]));
    const decoded = decodeMessage(bytes) as Record<string, unknown>;
    expect(Object.keys(decoded)).toEqual(['__proto__']);
    expect('isAdmin' in decoded).toBe(false);
    expect('isAdmin' in {}).toBe(false);
  });

  it('refuse keys that are not text', () => {
    expect(codeOf(() => decodeMessage(encodeValue(new Map<Value, Value>([[1, 2]]))))).toBe('wire-malformed');
  });

  it.each([
    ['a function', { run: () => 1 }],
    ['a date', { at: new Date(0) }],
    ['a map', { map: new Map() }],
    ['a symbol', [Symbol('s')]],
  ])('refuse to send %s', (_name, envelope) => {
    expect(codeOf(() => encodeMessage(envelope))).toBe('wire-unsupported');
  });

  it('refuse a cycle', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(codeOf(() => encodeMessage(cycle))).toBe('wire-too-deep');
  });
});

// The wire does not tell the int -0 from 0, and text has no lone surrogates there.
function normal(sample: Value): Value {
  if (Object.is(sample, -0)) return 0;
  if (Array.isArray(sample)) return sample.map(normal);
  if (sample instanceof Map) return new Map(Array.from(sample, ([name, item]) => [normal(name), normal(item)]));
  return sample;
}
