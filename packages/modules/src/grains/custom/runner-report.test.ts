import fc from 'fast-check';
import { Float, toFloat, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { readRunnerOutput } from './runner-report.ts';
import { fromWireJson, toWireJson } from './runner-values.ts';

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(null, true, false, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => toFloat(number === 0 ? 0 : number)),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie('value'))).map((pairs) => new Map<Value, Value>(pairs)),
  ),
}));

describe('values between Brine and modules of grains', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(fromWireJson(JSON.parse(JSON.stringify(toWireJson(given))))).toEqual(given);
      }),
    );
  });

  it('are refused in any other form', () => {
    for (const json of [1.5, {}, { i: 'x' }, { f: '' }, { b: 1 }, { d: [[1]] }, { d: 1 }, { z: '' }, [1.5], undefined])
      expect(json === undefined ? undefined : fromWireJson(json)).toBeUndefined();
  });
});

describe('readRunnerOutput', () => {
  it('parts reports from what was printed, and says what it cannot read', () => {
    const told = JSON.stringify({ kind: 'grains', function: 'f', value: { d: [['a', { f: '1.0' }]] } });
    const lines = ['hello', `m ${told}`, ' ', 'm {"kind": "grains", "function": "f", "value": 1}', 'm {', 'n {}'];
    expect(readRunnerOutput(lines.join('\n'), 'm ')).toEqual({
      reports: [
        { kind: 'grains', function: 'f', grains: new Map([['a', new Float(1)]]) },
        { kind: 'failed', message: 'what it told cannot be read' },
        { kind: 'failed', message: 'what it told cannot be read' },
      ],
      printed: 'hello\nn {}',
    });
  });
});
