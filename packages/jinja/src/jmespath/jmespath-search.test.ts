import { dumpJson, toValue, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { searchJmes } from './jmespath-search.ts';

const data = toValue({
  a: { b: { c: 5 }, l: [{ n: 2 }, { n: 1 }] },
  hosts: [
    { name: 'w1', up: true, p: 1, ports: [80, 443] },
    { name: 'w2', up: false, p: 3, ports: [22] },
  ],
  'q k': { v: 1 },
});

/** Expressions with what jmespath.py finds. */
const recorded = [
  ['a.b.c', '5'],
  ['a.l[0]', '{"n": 2}'],
  ['a.l[-1]', '{"n": 1}'],
  ['a.l[1:]', '[{"n": 1}]'],
  ['a.l[*].n', '[2, 1]'],
  ['hosts[?up].name', '["w1"]'],
  ['hosts[?p > `1`].name', '["w2"]'],
  ['hosts[*].ports[]', '[80, 443, 22]'],
  ['hosts[].ports[]', '[80, 443, 22]'],
  ['{x: a.b.c, y: hosts[0].name}', '{"x": 5, "y": "w1"}'],
  ['[a.b.c, hosts[0].name]', '[5, "w1"]'],
  ["hosts[?name=='w2'] | [0].p", '3'],
  ['a.*.c', '[5]'],
  ['keys(a)', '["b", "l"]'],
  ['sort_by(hosts, &p)[*].name', '["w1", "w2"]'],
  ['max_by(hosts, &p).name', '"w2"'],
  ["join(',', hosts[*].name)", '"w1,w2"'],
  ['length(hosts)', '2'],
  ["contains(hosts[*].name, 'w1')", 'true'],
  ['hosts[?!up].name', '["w2"]'],
  ['hosts[?up && p > `0`].name', '["w1"]'],
  ['hosts[?up || p > `1`].name', '["w1", "w2"]'],
  ['not_null(zz, a.b.c)', '5'],
  ['to_string(a.b)', '"{\\"c\\":5}"'],
  ['hosts[*].{n: name}', '[{"n": "w1"}, {"n": "w2"}]'],
  ['hosts[::-1].name', '["w2", "w1"]'],
  ['map(&name, hosts)', '["w1", "w2"]'],
  ['reverse(hosts)[0].name', '"w2"'],
  ['sum(hosts[*].p)', '4'],
  ['avg(hosts[*].p)', '2.0'],
  ['type(hosts)', '"array"'],
  ['"q k".v', '1'],
  ['zz.yy', 'null'],
  ['hosts[0].ports | [0]', '80'],
  ['a.l[*].n | sort(@)', '[1, 2]'],
  ['merge(a.b, `{"z": 1}`)', '{"c": 5, "z": 1}'],
  ["hosts[?contains(name, '1')].p", '[1]'],
  ["to_number('12')", '12'],
  ['hosts[1:][*].name', '[]'],
  ['a.l[].n', '[2, 1]'],
] as const;

describe('searchJmes', () => {
  it.each(recorded)('finds by %s what jmespath.py finds', (expression, found) => {
    expect(dumpJson(searchJmes(expression, data) as Value)).toBe(found);
  });

  it.each(['a.', 'a[', 'a[?b', '{a}', 'nofunction(a)', 'sort_by(hosts, name)', '`[`x'])('refuses %s', (expression) => {
    expect(() => searchJmes(expression, data)).toThrow(/jmespath/);
  });
});
