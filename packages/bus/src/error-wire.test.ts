import { AppError } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { errorFromWire, errorToWire } from './error-wire.ts';

function across(caught: unknown): AppError {
  return errorFromWire(errorToWire(caught));
}

describe('an error across the bus', () => {
  it('keeps code, message, details and problems', () => {
    const problem = {
      severity: 'warning',
      code: 'old-key',
      summary: 'old',
      stack: [{ what: 'include', file: 'a', line: 1 }],
    } as const;
    const error = across(
      new AppError({ code: 'pillar-broken', message: 'no', details: { n: 1n }, problems: [problem] }),
    );
    const { code, message, details, problems } = error;
    expect({ code, message, details, problems }).toEqual({
      code: 'pillar-broken',
      message: 'no',
      details: { n: '1' },
      problems: [problem],
    });
  });

  it('loses details that are too large or go in circles, never its words', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const errors = [{ circle }, { large: 'x'.repeat(70_000) }].map((details) =>
      across(new AppError({ code: 'a-b', message: 'm', details })),
    );
    expect(errors.map(({ code, message, details }) => [code, message, details])).toEqual([
      ['a-b', 'm', {}],
      ['a-b', 'm', {}],
    ]);
  });

  it('says nothing of errors outside the catalogue', () => {
    expect([new Error('CANARY'), 'CANARY', undefined].map((caught) => across(caught).message)).toEqual([
      'the other side failed to answer',
      'the other side failed to answer',
      'the other side failed to answer',
    ]);
  });

  it.each(['', 'null', '[]', '{"code":"x"}', '{"code":"A B","message":"m"}', '{"code":1,"message":2}', '{'])(
    'becomes bus-remote when it is none: %j',
    (text) => {
      expect(errorFromWire(Buffer.from(text)).code).toBe('bus-remote');
    },
  );

  it('drops problems that are none', () => {
    const said = {
      code: 'a-b',
      message: 'm',
      details: [],
      problems: [1, { code: 'x' }, { severity: 'error', code: 'x', summary: 's', span: 3 }],
    };
    expect(errorFromWire(Buffer.from(JSON.stringify(said)))).toMatchObject({ code: 'a-b', details: {}, problems: [] });
  });
});
