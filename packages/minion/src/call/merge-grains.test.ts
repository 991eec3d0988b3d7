import { toValue, type Dict, type Plain } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { mergeGrains } from './merge-grains.ts';

function merge(sources: readonly Plain[], options: Plain = {}): Dict {
  return mergeGrains(
    sources.map((source) => toValue(source) as Dict),
    toValue(options) as Dict,
  );
}

describe('mergeGrains', () => {
  const core = { os: 'Debian', cpu_flags: ['a'], cpu_model: 'x', site: { row: 1, rack: 2 } };

  it('lets later sources win, whole', () => {
    expect(merge([core, { site: { row: 7 } }, { os: 'Mine' }])).toEqual(
      toValue({ os: 'Mine', cpu_flags: ['a'], cpu_model: 'x', site: { row: 7 } }),
    );
  });

  it('merges dictionaries when grains_deep_merge says so', () => {
    expect(merge([core, { site: { row: 7 } }, {}], { grains_deep_merge: true }).get('site')).toEqual(
      toValue({ row: 7, rack: 2 }),
    );
  });

  it('leaves out what grains_blacklist names, but for the configuration', () => {
    const options = { grains_blacklist: ['cpu*', 'o.', '('] };
    expect([...merge([core, { cpu_set: 1 }, { cpu_mine: 1 }], options).keys()]).toEqual(['site', 'cpu_mine']);
  });
});
