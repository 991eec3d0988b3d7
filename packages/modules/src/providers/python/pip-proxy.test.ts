import { toValue, type Dict } from '@brine/common';
import { expect, it } from 'vitest';
import { environmentWithProxy } from './pip-proxy.ts';

const settings = (more: Record<string, string | number> = {}): Dict =>
  toValue({ proxy_host: 'proxy', proxy_port: 3128, ...more }) as Dict;

it('leads pip through the proxy of the configuration', () => {
  const variables = toValue({ A: 'b' }) as Dict;
  expect(environmentWithProxy(settings(), undefined, variables)).toEqual(
    new Map([
      ['PIP_PROXY', 'http://proxy:3128'],
      ['A', 'b'],
    ]),
  );
  const login = { proxy_username: 'ann', proxy_password: 'p@ss' };
  expect(environmentWithProxy(settings(login), undefined, undefined)).toEqual(
    new Map([['PIP_PROXY', 'http://ann:p%40ss@proxy:3128']]),
  );
});

it('leaves pip alone where the call names a proxy or none, and without one in the configuration', () => {
  expect(environmentWithProxy(settings(), 'False', undefined)).toBe(undefined);
  expect(environmentWithProxy(settings({ proxy_port: 0 }), undefined, undefined)).toBe(undefined);
  expect(environmentWithProxy(new Map(), undefined, undefined)).toBe(undefined);
});
