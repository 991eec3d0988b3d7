import { describe, expect, it } from 'vitest';
import { parseRange } from './range.ts';

const ids = ['web1', 'web2', 'web10', 'web02', 'db1', 'db2.ams', 'db3.ams', 'db3.lon', 'proxy'];

function matching(expression: string): readonly string[] | string {
  const parsed = parseRange(expression);
  return 'malformed' in parsed ? parsed.malformed : ids.filter((id) => parsed.matches(id));
}

describe('parseRange', () => {
  it.each([
    ['web1', ['web1']],
    ['web1..10', ['web1', 'web2', 'web10']],
    ['web1..web2', ['web1', 'web2']],
    ['web01..10', ['web10', 'web02']],
    ['db1..3.ams', ['db2.ams', 'db3.ams']],
    ['{web,db}1', ['web1', 'db1']],
    ['db3.{ams,lon},proxy', ['db3.ams', 'db3.lon', 'proxy']],
    ['web1..10,-web2', ['web1', 'web10']],
    ['/^db/,&/ams$/', ['db2.ams', 'db3.ams']],
    ['(web1..2,db1),-(web2)', ['web1', 'db1']],
    ['web9..1', []],
  ] as const)('reads %j', (expression, expected) => {
    expect(matching(expression)).toEqual(expected);
  });

  it.each([
    ['%web', "'%' asks a range server, which is not supported; literal ranges are"],
    ['web1,@all', "'@' asks a range server, which is not supported; literal ranges are"],
    ['', 'it ends where a name is expected'],
    ['web1,', 'it ends where a name is expected'],
    ['(web1', "a '(' is not closed"],
    ['web1)', "unexpected ')'"],
    ['{web,db1', "a '{' is not closed"],
    ['/web', "a '/' is not closed"],
    ['web1..db2', "'web1..db2' begins and ends with another name"],
    ['web..db', "'web..db' does not count from one number to another"],
  ])('says what is wrong with %j', (expression, fault) => {
    expect(matching(expression)).toBe(fault);
  });
});
