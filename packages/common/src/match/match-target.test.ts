import { describe, expect, it } from 'vitest';
import type { TargetType } from '../target.ts';
import { toValue, type Dict } from '../value.ts';
import { matchCompound, matchTarget, type MatchSubject } from './match-target.ts';
import { validateTarget } from './validate-target.ts';

const grains = toValue({
  role: 'Frontend',
  cores: 8,
  virtual_guest: true,
  load: 0.5,
  empty: null,
  nothing: {},
  roles: ['web', 'cache-2', 8080],
  mac: '52:54:00:aa:bb:01',
  image: 'registry.lan:5000/app',
  hw: { cpu: { vendor: 'AMD', cores: 16, flags: ['sse2', 'avx'] }, disks: ['sda', 'nvme0n1'] },
  nics: [{ name: 'eth0', speed: 1000 }, { name: 'eth1' }],
  listen: { '0.0.0.0:443': 'tls' },
  ports: new Map([[8080, 'http']]),
  ipv4: ['127.0.0.1', '10.7.3.4'],
  ipv6: ['::1', 'fe80::1'],
  tier: 'prod',
}) as Dict;

const subject: MatchSubject = {
  id: 'web1-ams',
  grains,
  pillar: () => toValue({ env: 'Staging', apps: ['shop', 'wiki'], vip: { '10.0.0.9:80': 'web' } }) as Dict,
};

const nodegroups = toValue({
  web: 'web*',
  db: 'L@db1,db2',
  front: 'N@web or lb*',
  listed: ['web1-ams', 'and', 'G@tier:prod'],
  loop: 'N@pool',
  pool: 'web* or N@loop',
  bad: 'web* and',
  words: ['G@role:Front end', 'or', 'G@tier:prod'],
  wrong: { a: 1 },
}) as Dict;

function outcome(type: TargetType, expression: string): boolean {
  return matchTarget({ type, expression }, subject, { nodegroups });
}

describe('matchTarget', () => {
  it.each([
    ['glob', 'web*', true],
    ['glob', 'WEB*', false],
    ['list', 'db1,web1-ams', true],
    ['list', 'db1, web1-ams', false],
    ['list', '', false],
    ['pcre', 'web\\d', true],
    ['pcre', 'eb1', false],
    ['pcre', '(?i)WEB', true],
    ['pcre', '(?!db)', true],
    ['pcre', 'web1$', false],
    ['pcre', 'web(1', false],
    ['pcre', '(a+)+$', false],
    ['ipcidr', '10.7.3.4', true],
    ['ipcidr', '10.7.0.0/16', true],
    ['ipcidr', '10.7.0.0/255.255.0.0', true],
    ['ipcidr', '10.7.3.4/16', false],
    ['ipcidr', '10.8.0.0/16', false],
    ['ipcidr', 'fe80::/10', true],
    ['ipcidr', 'fe80:0:0::1', true],
    ['ipcidr', 'nonsense', false],
    ['nodegroup', 'front', true],
    ['nodegroup', 'db', false],
    ['nodegroup', 'unknown', false],
    ['pillar', 'env:stag*', true],
    ['pillar', 'apps:wiki', true],
    ['pillar', 'apps:blog', false],
    ['pillar_pcre', 'apps:(wiki|blog)$', true],
    ['pillar_exact', 'env:STAGING', true],
    ['pillar_exact', 'env:stag*', false],
  ] as const)('decides %s %j', (type, expression, expected) => {
    expect(outcome(type, expression)).toBe(expected);
  });

  it.each([
    ['role:front*', true],
    ['Role:frontend', false],
    ['role', false],
    ['cores:[5-9]', true],
    ['virtual_guest:true', true],
    ['virtual_guest:yes', false],
    ['load:0.5', true],
    ['empty:None', true],
    ['empty:', false],
    ['missing:*', false],
    ['nothing:*', false],
    ['roles:WEB', true],
    ['roles:8080', true],
    ['roles:0', false],
    ['roles:0:web', true],
    ['roles:1:cache*', true],
    ['mac:52:54:*', true],
    ['mac:52', false],
    ['image:*:5000/*', true],
    ['hw:cpu', true],
    ['hw:*', true],
    ['hw:cpu:vendor', true],
    ['hw:cpu:vendr', false],
    ['hw:cpu:vendor:a*', true],
    ['hw:cpu:flags:sse2', true],
    ['hw:disks:nvme*', true],
    ['hw:*:vendor:amd', true],
    ['*:cpu:vendor:amd', true],
    ['*:*:vendor:amd', true],
    ['*:vendor:amd', false],
    ['nics:name:eth1', true],
    ['nics:speed:1000', true],
    ['nics:speed', true],
    ['ports:8080:http', true],
    ['listen:0.0.0.0:443:tls', false],
    ['listen:0.0.0.0:443', true],
  ])('walks grains by %j', (expression, expected) => {
    expect(outcome('grain', expression)).toBe(expected);
  });

  it.each([
    ['role:FRONT', true],
    ['role:ront', false],
    ['roles:cache-\\d$', true],
    ['roles:\\D+$', true],
    ['cores:\\D', false],
    ['role:(', false],
  ])('matches grains by the expression %j, whose classes keep their letter case', (expression, expected) => {
    expect(outcome('grain_pcre', expression)).toBe(expected);
  });

  it('takes another delimiter', () => {
    const target = { type: 'grain', expression: 'listen|0.0.0.0:443|tls' } as const;
    expect(matchTarget(target, subject, { delimiter: '|' })).toBe(true);
    expect(matchTarget({ ...target, delimiter: '|' }, subject)).toBe(true);
    expect(matchTarget(target, subject)).toBe(false);
  });

  it.each([
    ['web* and db*', false],
    ['db* or web* and G@tier:prod', true],
    ['web* or db* and db*', true],
    ['not db* and web*', true],
    ['web* not db*', true],
    ['web* not web1-ams', false],
    ['( web* or db* ) not L@web2,web3', true],
    ['not ( web* and G@tier:prod )', false],
    ['N@web and not N@db', true],
    ['not N@front', false],
    ['N@listed', true],
    ['N@words', true],
    ['E@web\\d and S@10.7.0.0/16 and I@env:Staging and J@env:s.a and P@role:f', true],
    ['I|@vip|10.0.0.9:80|web', true],
    ['G@@role@Frontend', true],
    ['G|@role:frontend', false],
    ['G@hw:cpu:vendor:AMD', true],
    ['X@web1-ams', false],
  ])('decides the compound target %j', (expression, expected) => {
    expect(outcome('compound', expression)).toBe(expected);
    expect(validateTarget({ type: 'compound', expression }, { nodegroups })).toHaveLength(
      expression.startsWith('G|') ? 1 : 0,
    );
  });

  it('takes a compound target as words', () => {
    expect(matchCompound(['web*', 'and', 'not', 'G@role:some thing'], subject)).toBe(true);
  });
});

describe('validateTarget', () => {
  it.each([
    ['compound', '', 'it ends where a target is expected'],
    ['compound', 'and web*', "'and' stands where a target is expected"],
    ['compound', 'web* and or db*', "'or' stands where a target is expected"],
    ['compound', 'web* or', 'it ends where a target is expected'],
    ['compound', '( web*', "a '(' is not closed"],
    ['compound', 'web* )', "unexpected ')'"],
    ['compound', 'not not web*', "'not' stands before another 'not'"],
    ['compound', 'web* web1', "unexpected 'web1'"],
    ['compound', '( '.repeat(60), 'parentheses nest deeper than 50 levels'],
    ['compound', 'N@unknown', "there is no nodegroup 'unknown'"],
    ['compound', 'N@wrong', "there is no nodegroup 'wrong'"],
    ['compound', 'N@bad', "in the nodegroup 'bad': it ends where a target is expected"],
    ['nodegroup', 'loop', "in the nodegroup 'loop': in the nodegroup 'pool': the nodegroup 'loop' contains itself"],
    ['compound', 'R@%web', "in R@%web, '%' asks a range server, which is not supported; literal ranges are"],
    [
      'compound',
      'web* and not S@10.0.0.1/8',
      'in S@10.0.0.1/8, it is neither an address nor a network without host bits',
    ],
    [
      'compound',
      'E@(a+)+$',
      "in E@(a+)+$, invalid regular expression '(a+)+$': a repetition of a repetition, which could run without end",
    ],
    ['ipcidr', 'x', 'it is neither an address nor a network without host bits'],
    ['grain', 'role', "it has no ':' between key and value"],
    ['grain_pcre', 'role:(', "invalid regular expression '(': Unterminated group"],
    ['glob', '', 'it is empty'],
  ] as const)('says what is wrong with %s %j, which matches nothing', (type, expression, fault) => {
    expect(validateTarget({ type, expression }, { nodegroups })).toEqual([
      {
        severity: 'error',
        code: 'target-invalid',
        summary: `the ${type} target '${expression}' is malformed: ${fault}`,
      },
    ]);
    expect(outcome(type, expression)).toBe(false);
  });
});
