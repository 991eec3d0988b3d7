import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveInside } from './resolve-inside.ts';

describe('resolveInside', () => {
  it.each([
    ['a/b.sls', '/srv/salt/a/b.sls'],
    ['a/../b', '/srv/salt/b'],
    ['', '/srv/salt'],
    ['.', '/srv/salt'],
    ['a/', '/srv/salt/a'],
    ['..a', '/srv/salt/..a'],
    ['../salt/x', '/srv/salt/x'],
    ['..', undefined],
    ['a/../../x', undefined],
    ['../salt2/x', undefined],
    ['/etc/passwd', undefined],
    ['a\0b', undefined],
  ])('joins %j below /srv/salt', (relative, expected) => {
    expect(resolveInside('/srv/salt', relative)).toBe(expected);
    expect(resolveInside('/srv/salt/', relative)).toBe(expected);
  });

  it('works below the root folder', () => {
    expect([resolveInside('/', 'etc/x'), resolveInside('/', '../x')]).toEqual(['/etc/x', '/x']);
  });

  it('never leaves the root', () => {
    const part = fc.constantFrom('..', '.', 'a', '', '...', ' ', '\\..');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = resolveInside('/srv/salt', parts.join('/'));
        expect(path === undefined || path === '/srv/salt' || path.startsWith('/srv/salt/')).toBe(true);
      }),
    );
  });
});
