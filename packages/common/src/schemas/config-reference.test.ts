import { describe, expect, it } from 'vitest';
import { configReference } from './config-reference.ts';
import { unsupportedKeys } from './keys/unsupported-keys.ts';

describe('configReference', () => {
  it.each(['master', 'minion'] as const)('describes every key of the %s', (kind) => {
    for (const { key, type, description } of configReference(kind)) {
      expect([key, type.length > 0, /^[A-Z].*\.$/.test(description)]).toEqual([key, true, true]);
    }
  });

  it('has no key that is said to be unsupported', () => {
    const keys = [...configReference('master'), ...configReference('minion')].map(({ key }) => key);
    expect(keys.filter((key) => unsupportedKeys.includes(key))).toEqual([]);
    expect(new Set(unsupportedKeys).size).toBe(unsupportedKeys.length);
  });

  it('tells type and standard value', () => {
    expect(configReference('minion').find(({ key }) => key === 'master_port')).toEqual({
      key: 'master_port',
      type: 'a port number',
      standard: 4506,
      description: 'The port of the master that requests go to.',
    });
  });
});
