import { describe, expect, it } from 'vitest';
import { closestName } from './closest-name.ts';

describe('closestName', () => {
  it.each([
    ['file.manged', 'file.managed'],
    ['FILE.MANAGED', 'file.managed'],
    ['flie.managed', 'file.managed'],
    ['pkg', undefined],
    ['pkg.instaled', 'pkg.installed'],
    ['', undefined],
    ['x'.repeat(200), undefined],
  ])('finds what %j was meant to be', (name, expected) => {
    expect(closestName(name, ['pkg.installed', 'file.managed', 'file.absent'])).toBe(expected);
  });

  it('prefers the nearest, and among equals the first', () => {
    expect(closestName('cat', ['bat', 'rat', 'cats'])).toBe('bat');
    expect(closestName('file.append', ['file.prepend', 'file.appnd'])).toBe('file.appnd');
  });

  it('does not suggest the name itself', () => {
    expect(closestName('name', ['name'])).toBeUndefined();
  });
});
