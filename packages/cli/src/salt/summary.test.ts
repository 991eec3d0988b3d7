import { toValue, type Plain } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createSummary } from './summary.ts';

function ending(minion: string, value: Plain, status = 'ok'): Parameters<ReturnType<typeof createSummary>['add']>[0] {
  return { minion, status, retcode: status === 'ok' ? 0 : 2, value: toValue(value), hasAnswered: true };
}

const broken = {
  'pkg_|-nginx_|-nginx_|-installed': {
    result: false,
    changes: {},
    comment: '\nUnable to locate package\nmore',
    __sls_file__: 'nginx.sls',
    __sls_line__: 12,
  },
  'file_|-/etc/a_|-/etc/a_|-managed': { result: true, changes: { diff: 'x' }, comment: 'updated' },
};

describe('the summary of a job', () => {
  it('puts the same failures of several minions together, with their place', () => {
    const summary = createSummary();
    summary.begin('20260101000000000001', ['a', 'b', 'c', 'd', 'e']);
    for (const minion of ['a', 'b']) summary.add(ending(minion, broken, 'failed'));
    summary.add(ending('c', "Error running 'cmd.run'\u001B[31m: no", 'failed'));
    summary.add(ending('d', true));
    expect(summary.isGood()).toBe(false);
    expect(summary.complaint({ namesSilent: true })).toBe(`ERROR: Minions returned with non-zero exit code
  2 minions: nginx.sls:12 pkg nginx: Unable to locate package
  c: Error running 'cmd.run'?[31m: no
ERROR: 1 of 5 minions did not return: e
`);
    expect(summary.complaint({ namesSilent: false })).toMatch(/\nERROR: 1 of 5 minions did not return\n$/);
    expect(summary.text()).toBe(`
-------------------------------------------
Summary
-------------------------------------------
# of minions targeted: 5
# of minions returned: 4
# of minions that did not return: 1
# of minions with errors: 3
# of minions with changes: 2
Minions not responding: e
Minions with failures: a b c
  2 minions: nginx.sls:12 pkg nginx: Unable to locate package
  c: Error running 'cmd.run'?[31m: no
-------------------------------------------
`);
  });

  it('is good when all ended well', () => {
    const summary = createSummary();
    summary.begin('20260101000000000001', ['a']);
    summary.add(ending('a', null));
    expect(summary.isGood()).toBe(true);
  });
});
