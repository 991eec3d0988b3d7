import { toValue, type Dict } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';

const returner = {
  prefix: 'redis',
  settings: { host: 'host', startup: 'cluster.startup' },
  defaults: { host: 'salt', startup: 'none' },
};
const read = (options: object, wish = {}): object =>
  Object.fromEntries(readSettings(returner, toValue(options as never) as Dict, wish));

describe('readSettings', () => {
  it('takes the mapping, then the key with a dot, then the standard', () => {
    expect(read({})).toEqual({ host: 'salt', startup: 'none' });
    expect(read({ 'redis.host': 'a', 'redis.cluster.startup': 'b' })).toEqual({ host: 'a', startup: 'b' });
    expect(read({ 'redis.host': 'a', redis: { host: 'c' } })).toEqual({ host: 'c', startup: 'none' });
  });

  it('prefers the set of settings that is named, and settings of the call to all', () => {
    const options = { 'redis.host': 'a', 'other.redis.host': 'b', 'third.redis': { host: 'd' } };
    expect(read(options, { config: 'other' })).toMatchObject({ host: 'b' });
    expect(read(options, { config: 'third' })).toMatchObject({ host: 'd' });
    expect(read(options, { config: 'nothing' })).toMatchObject({ host: 'a' });
    expect(read(options, { config: 'other', kwargs: new Map([['host', 'e']]) })).toMatchObject({ host: 'e' });
  });
});
