import { describe, expect, it } from 'vitest';
import { toValue, type Plain } from '../value.ts';
import { renderOutput } from './render-output.ts';
import type { OutputOptions } from './output-options.ts';

function render(name: string, plain: Plain, settings: Plain = {}, options: Partial<OutputOptions> = {}): string {
  return renderOutput(name, toValue(plain), { settings: toValue(settings) as never, color: false, ...options });
}

function step(number: number, result: boolean | null, changes: Plain = {}): Plain {
  return { result, changes, comment: 'Done\ntwice', __run_num__: number, duration: 1.5, start_time: '10:00:00.000001' };
}

const run = {
  web1: {
    'pkg_|-tools_|-tools_|-installed': step(1, true, { curl: { old: '', new: '7.88' } }),
    'file_|-motd_|-/etc/motd_|-managed': step(0, true),
    'cmd_|-check_|-true_|-run': step(2, null),
    'service_|-nginx_|-nginx_|-running': new Map<string, Plain>([
      ...Object.entries(step(3, false) as Record<string, Plain>),
      ['__sls_file__', 'web/init.sls'],
      ['__sls_line__', 12],
    ]) as Plain,
  },
};

describe('the outputters', () => {
  it('nested: sorts keys, marks members and keeps text in its column', () => {
    expect(render('nested', { web1: { b: [1, [2, 'x'], { k: 'a\nb' }], a: null, 3: 1.5 } })).toBe(
      `web1:
    ----------
    3:
        1.5
    a:
        None
    b:
        - 1
        |_
          - 2
          - x
        |_
          ----------
          k:
              a
              b`,
    );
  });

  it('nested: keeps the order of what was read from YAML', () => {
    expect(render('nested', { web1: { b: 1, a: 2 } }, {}, { keepsOrder: true })).toBe(
      'web1:\n    ----------\n    b:\n        1\n    a:\n        2',
    );
  });

  it('table: counts characters, not their halves', () => {
    expect(render('table', { web1: [{ id: 'emoji😀', n: 'a' }] })).toBe(
      `web1:
----------
    --------------
    |   Id   | N |
    --------------
    | emoji😀 | a |
    --------------`,
    );
  });

  it('json: writes bytes as the literal of Python, so that none is lost', () => {
    expect(render('json', { web1: Buffer.from([97, 255]) }, {}, { indent: -1 })).toBe(`{"web1": "b'a\\\\xff'"}`);
  });

  it('highstate: rounds halves to the even neighbour', () => {
    const steps = Array.from({ length: 32 }, (_, index) => [
      `test_|-s${index}_|-s${index}_|-nop`,
      { ...(step(index, index > 0) as Record<string, Plain>), duration: 1062.5 / 32 },
    ]);
    const text = render('highstate', { web1: Object.fromEntries(steps) as Plain }, { state_output_pct: true });
    expect(text).toContain('Success %: 96.88\nFailure %: 3.12\n');
    expect(text).toMatch(/Total run time: +1\.062 s/);
  });

  it('never hands escape sequences of a minion to the terminal', () => {
    expect(render('nested', { web1: 'a\u001B[2Jb' })).toBe('web1:\n    a?[2Jb');
    expect(render('key', { minions: ['a\u001B[2J'] })).toBe('Accepted Keys:\na?[2J');
  });

  it('highstate: shows steps in the order in which they ran, with a summary and the place of a failure', () => {
    expect(render('highstate', run)).toBe(
      `web1:
----------
          ID: motd
    Function: file.managed
        Name: /etc/motd
      Result: True
     Comment: Done
              twice
     Started: 10:00:00.000001
    Duration: 1.5 ms
     Changes:   
----------
          ID: tools
    Function: pkg.installed
      Result: True
     Comment: Done
              twice
     Started: 10:00:00.000001
    Duration: 1.5 ms
     Changes:   
              ----------
              curl:
                  ----------
                  new:
                      7.88
                  old:
----------
          ID: check
    Function: cmd.run
        Name: true
      Result: None
     Comment: Done
              twice
     Started: 10:00:00.000001
    Duration: 1.5 ms
     Changes:   
----------
          ID: nginx
    Function: service.running
      Result: False
     Comment: Done
              twice
     Started: 10:00:00.000001
    Duration: 1.5 ms
      Source: web/init.sls:12
     Changes:   

Summary for web1
------------
Succeeded: 3 (unchanged=1, changed=1)
Failed:    1
------------
Total states run:     4
Total run time:   6.000 ms`,
    );
  });

  it('highstate: tells the pillar that a run worked with where that is known', () => {
    const versions = { pillarVersions: new Map([['web1', '4be1a0c2d3e4f506']]) };
    const plain = render('highstate', { ...run, web2: run.web1 });
    const told = render('highstate', { ...run, web2: run.web1 }, {}, versions);
    expect(told.replace('\nPillar version: 4be1a0c2d3e4f506', '')).toBe(plain);
    expect(told).toMatch(/Total run time: .*\nPillar version: 4be1a0c2d3e4f506\nweb2:/);
    expect(render('json', run, {}, versions)).toBe(render('json', run));
  });

  it('highstate: has one line a step in the terse form, and leaves out calm steps on demand', () => {
    const settings = { state_output: 'terse', state_output_profile: false, state_verbose: false };
    expect(render('highstate', run, settings).split('\n\nSummary')[0]).toBe(
      `web1:
  Name: tools - Function: pkg.installed - Result: Changed
  Name: true - Function: cmd.run - Result: Differs
  Name: nginx - Function: service.running - Result: Failed`,
    );
  });

  it('highstate: merges the names of one id when it is asked to', () => {
    const place = { __id__: 'conf', __sls__: 'web' };
    const both = {
      web1: {
        'file_|-conf_|-/a_|-managed': { ...(step(0, true, { mode: 1 }) as object), name: '/a', ...place },
        'file_|-conf_|-/b_|-managed': { ...(step(1, true, { mode: 2 }) as object), name: '/b', ...place },
      },
    } as Plain;
    const settings = { state_compress_ids: true, state_output: 'terse_id', state_output_profile: false };
    expect(render('highstate', both, settings)).toBe(
      `web1:
  Name: conf (2) - Function: file.managed - Result: Changed

Summary for web1
------------
Succeeded: 2 (changed=2)
Failed:    0
------------
Total states run:     2`,
    );
  });

  it('highstate: lists what did not compile', () => {
    expect(render('highstate', { web1: ['first', 'second'] })).toBe(
      'web1:\n    Data failed to compile:\n----------\n    first\n----------\n    second',
    );
  });

  it('json and yaml: follow the indentation that was asked for', () => {
    const value = { web1: { a: [1, { b: 2 }] } };
    expect(render('json', value, {}, { indent: -1 })).toBe('{"web1": {"a": [1, {"b": 2}]}}');
    expect(render('json', value)).toBe(
      '{\n    "web1": {\n        "a": [\n            1,\n            {\n                "b": 2\n            }\n        ]\n    }\n}',
    );
    expect(render('yaml', value)).toBe('web1:\n  a:\n  - 1\n  - b: 2\n');
  });

  it('the plain forms: txt, raw, pprint, newline_values_only, quiet', () => {
    const value = { web1: 'one\ntwo', web2: [1, true, null] };
    expect(render('txt', value)).toBe('web1: one\nweb1: two\nweb2: [1, True, None]\n');
    expect(render('raw', value)).toBe(`{'web1': 'one\\ntwo', 'web2': [1, True, None]}`);
    expect(render('newline_values_only', value)).toBe('one\ntwo\n1\nTrue\nNone');
    expect(render('pprint', { b: ['x'.repeat(40), 'y'.repeat(40)], a: 1 })).toBe(
      `{'a': 1,\n 'b': ['${'x'.repeat(40)}',\n       '${'y'.repeat(40)}']}`,
    );
    expect(render('quiet', value)).toBe('');
  });

  it('profile: lists the quickest step first', () => {
    const rows = render('profile', {
      web1: { 'a_|-i_|-n_|-f': { name: 'n', duration: 12 }, 'b_|-j_|-m_|-g': { name: 'm', duration: 2.5 } },
    });
    expect(rows.split('\n').map((line) => line.trim())).toEqual([
      '----------------------------------',
      '| name | mod.fun | duration (ms) |',
      '----------------------------------',
      '|  m   |   b.g   |        2.5000 |',
      '----------------------------------',
      '|  n   |   a.f   |       12.0000 |',
      '----------------------------------',
    ]);
  });

  it('falls back to nested when there is no such outputter', () => {
    expect(render('fancy', { web1: true })).toBe('web1:\n    True');
  });
});
