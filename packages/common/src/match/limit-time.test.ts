import { describe, expect, it } from 'vitest';
import { limitTime } from './limit-time.ts';
import { matchTarget } from './match-target.ts';

describe('limitTime', () => {
  it('answers what the work answers and throws what it throws', () => {
    const answer = { some: 'thing' };
    expect(limitTime(1000, () => answer)).toBe(answer);
    expect(() => limitTime(1000, () => new Intl.NumberFormat('no-such-locale!'))).toThrow(RangeError);
  });

  it('stops regular expressions that would run for ages', () => {
    const subject = { id: `${'a'.repeat(60)}!`, grains: new Map(), pillar: () => new Map() };
    expect(() => limitTime(50, () => matchTarget({ type: 'pcre', expression: '(a|a|a)*$' }, subject))).toThrow(
      'matching took longer than 50 ms',
    );
  });
});
