import { describe, expect, it } from 'vitest';
import { columnsOf, fit, harmless } from './columns.ts';

describe('columns of a terminal', () => {
  it('are two for wide characters and none for marks', () => {
    expect(['web1', '日本', 'e\u0301', '🚀x', ''].map(columnsOf)).toEqual([4, 4, 1, 3, 0]);
  });

  it('limit a text, which then ends in an ellipsis', () => {
    expect(fit('nginx', 5)).toBe('nginx');
    expect(fit('nginx-config', 6)).toBe('nginx…');
    expect(fit('日本語', 4)).toBe('日…');
    expect(fit('nginx', 0)).toBe('');
  });

  it('are never steered by what a minion says', () => {
    expect(harmless('a\u001B[2Jb\r\n\u202Ec\u0007\u009B')).toBe('a?[2Jb???c??');
  });
});
