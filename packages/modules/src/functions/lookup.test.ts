import { toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch, createScratchContext, type Scratch } from '../../test-support/scratch-context.ts';
import { runFunction } from './call-function.ts';
import { functionTable } from './table.ts';

async function call(
  name: string,
  positional: Plain[],
  keyword: Record<string, Plain>,
  scratch: Scratch,
): Promise<unknown> {
  return (await callScratch(name, { positional, keyword, ...scratch })).value;
}

describe('looking values up', () => {
  const grains = { os: 'Debian', id: 'web1', net: { eth0: { mtu: 1500 } }, roles: ['web', 'db'], none: null };
  const pillar = { app: { port: 80, hosts: ['a'] }, os: 'pillar', none: null };
  const options = { id: 'web1', os: 'opts', 'my.a': 1 };
  const scratch = { grains, pillar, options };

  it('walks grains and gives defaults for missing ones only', async () => {
    expect(await call('grains.get', ['net:eth0:mtu'], {}, scratch)).toBe(1500);
    expect(await call('grains.get', ['roles:1'], {}, scratch)).toBe('db');
    expect(await call('grains.get', ['nope'], {}, scratch)).toBe('');
    expect(await call('grains.get', ['nope', null], {}, scratch)).toBe(null);
    expect(await call('grains.item', ['os', 'nope'], {}, scratch)).toEqual(toValue({ os: 'Debian', nope: '' }));
    expect(await call('grains.has_value', ['none'], {}, scratch)).toBe(true);
    expect(await call('grains.get', ['none', 'x'], {}, scratch)).toBe(null);
    expect(await call('grains.item', ['none'], { default: 'x' }, scratch)).toEqual(toValue({ none: null }));
  });

  it('blurs what identifies the machine when asked to', async () => {
    const identified = { grains: { id: 'web1', serialnumber: '12345678', os: 'Debian' } };
    expect(await call('grains.items', [], { sanitize: true }, identified)).toEqual(
      toValue({ id: 'MINION.DOMAINNAME', serialnumber: '123456XX', os: 'Debian' }),
    );
  });

  it('merges pillar values into a default', async () => {
    const merged = await call('pillar.get', ['app', { port: 1, tls: true }], { merge: true }, scratch);
    expect(merged).toEqual(toValue({ port: 80, tls: true, hosts: ['a'] }));
    expect(await call('pillar.get', ['app:hosts', ['a', 'b']], { merge: true }, scratch)).toEqual(['a', 'b']);
    expect(await call('pillar.get', ['none', 'x'], {}, scratch)).toBe(null);
    expect(await call('pillar.get', ['none', ['x']], { merge: true }, scratch)).toBe(null);
    expect(await call('pillar.raw', ['none'], {}, scratch)).toBe(null);
    expect(await call('pillar.item', ['none', 'nope'], {}, scratch)).toEqual(toValue({ none: null, nope: '' }));
    const strict = { ...scratch, options: { pillar_raise_on_missing: true } };
    await expect(call('pillar.get', ['x:y'], {}, strict)).rejects.toThrow('Pillar key not found: x:y');
  });

  it('asks configuration, grains and pillar in this order', async () => {
    expect(await call('config.get', ['os'], {}, scratch)).toBe('opts');
    expect(await call('config.get', ['os'], { omit_opts: true }, scratch)).toBe('Debian');
    expect(await call('config.get', ['app:port'], {}, scratch)).toBe(80);
    expect(await call('config.option', ['app:port', 'd'], {}, scratch)).toBe('d');
    expect(await call('config.get', ['test.foo'], {}, scratch)).toBe('unconfigured');
    expect(await call('config.dot_vals', ['my'], {}, scratch)).toEqual(toValue({ 'my.a': 1 }));
  });

  it('picks by a grain, over a base, under a merge', async () => {
    const table = {
      common: { conf: '/etc' },
      Deb: { pkg: 'x' },
      'Deb*': { pkg: 'a', n: { x: 1 } },
      default: { pkg: 'd' },
    };
    const picked = await call(
      'grains.filter_by',
      [table],
      { grain: 'os', base: 'common', merge: { n: { y: 2 } } },
      scratch,
    );
    expect(picked).toEqual(toValue({ conf: '/etc', pkg: 'a', n: { x: 1, y: 2 } }));
    expect(await call('grains.filter_by', [table], { grain: 'nope' }, scratch)).toEqual(toValue({ pkg: 'd' }));
    for (const merge of ['', null, false, [], {}]) {
      expect(await call('grains.filter_by', [table], { grain: 'nope', merge }, scratch)).toEqual(toValue({ pkg: 'd' }));
      expect(await call('match.filter_by', [{ '*': { a: 1 } }], { merge }, scratch)).toEqual(toValue({ a: 1 }));
    }
    const byVersion = new Map([
      [2, 'python'],
      [3, 'python3'],
    ]);
    const byNumber = await runFunction({
      table: { functions: functionTable },
      name: 'grains.filter_by',
      positional: [byVersion],
      keyword: new Map([['default', 3]]),
      context: createScratchContext(scratch),
    });
    expect(byNumber.value).toBe('python3');
    await expect(call('grains.filter_by', [table], { merge: 'x' }, scratch)).rejects.toThrow("'merge' must be a dict");
    expect(await call('match.filter_by', [{ 'db*': 1, 'G@os:Debian': 2 }], {}, scratch)).toBe(2);
    expect(await call('match.ifelse', ['db*', 1, true, 2, 3], {}, scratch)).toBe(2);
  });
});

describe('setting grains', () => {
  it('writes the grains file and carries nested changes to their top', async () => {
    const host = createFakeHost({ files: { '/etc/salt/grains': 'app:\n  version: 1\n' } });
    const grainsSource = { refresh: async () => new Map(), file: '/etc/salt/grains' };
    const scratch = { host, grains: { app: { version: 1 } }, options: { local: true }, context: { grainsSource } };
    expect(await call('grains.set', ['app:color', 'blue'], {}, scratch)).toEqual(
      toValue({ comment: '', changes: { app: { version: 1, color: 'blue' } }, result: true }),
    );
    expect(Buffer.from((await host.files.read('/etc/salt/grains')) ?? []).toString()).toBe(
      'app:\n  color: blue\n  version: 1\n',
    );
    expect(await call('grains.set', ['app', 'flat'], {}, scratch)).toEqual(
      toValue({
        comment: "The key 'app' exists but is a dict or a list. Use 'force=True' to overwrite.",
        changes: {},
        result: false,
      }),
    );
    expect(await call('grains.append', ['list', 'a'], {}, scratch)).toEqual(toValue({ list: ['a'] }));
    expect(await call('grains.delkey', ['app'], { force: true }, scratch)).toEqual(
      toValue({ comment: '', changes: { app: null }, result: true }),
    );
  });
});

describe('states behind a call', () => {
  it('are handed over with the arguments that were given', async () => {
    const asked: unknown[] = [];
    const states = {
      run: async (request: unknown) => {
        asked.push(request);
        return { value: 'ran', retcode: 2 };
      },
    };
    const answer = await callScratch('state.apply', {
      positional: ['web'],
      keyword: { test: true, special: 1 },
      context: { states },
    });
    expect(answer).toEqual({ value: 'ran', retcode: 2 });
    expect(asked).toEqual([
      { kind: 'apply', positional: [], keyword: toValue({ mods: 'web', test: true, special: 1 }) },
    ]);
  });

  it('are refused when they are turned off', async () => {
    const grains = { state_runs_disabled: ['web', 'db.*'] };
    const states = { run: () => Promise.reject(new Error('must not run')) };
    const answer = await callScratch('state.apply', { positional: ['web,db.pg'], grains, context: { states } });
    expect(answer).toEqual({
      value: [
        'The state file "web" is currently disabled, to re-enable, run state.enable web.',
        'The state file "db.pg" is currently disabled by "db.*", to re-enable, run state.enable db.*.',
      ],
      retcode: 1,
    });
  });
});

describe('reckoning', () => {
  it.each<[string, Plain[], unknown]>([
    ['network.calc_net', ['172.17.0.5', '255.255.255.240'], '172.17.0.0/28'],
    ['network.calc_net', ['2a02:f6e:a000:80:84d8:8332:7866:4e07/64'], '2a02:f6e:a000:80::/64'],
    ['network.ip_in_subnet', ['172.17.0.4', '172.17.0.0/16'], true],
    [
      'network.convert_cidr',
      ['172.31.9.9/16'],
      toValue({ network: '172.31.0.0', netmask: '255.255.0.0', broadcast: '172.31.255.255' }),
    ],
    ['network.is_private', ['10.0.0.3'], true],
    ['network.is_private', ['8.8.8.8'], false],
    ['network.reverse_ip', ['172.17.0.4'], '4.0.17.172.in-addr.arpa'],
    ['slsutil.boolstr', [true, 'yes', 'no'], 'yes'],
    ['slsutil.merge', [toValue({ a: { b: 1 } }), toValue({ a: { c: 2 } }), 'none'], toValue({ a: { b: 1, c: 2 } })],
    [
      'slsutil.merge',
      [toValue({ a: { b: 1 } }), toValue({ a: { c: 2 } }), 'smart', 'jinja|yamlex'],
      toValue({ a: { c: 2 } }),
    ],
    ['file.dirname', ['/srv/www/'], '/srv/www'],
    ['file.join', ['/srv', 'www', 'a'], '/srv/www/a'],
    ['hashutil.digest', ['abc'], '900150983cd24fb0d6963f7d28e17f72'],
    ['config.manage_mode', [644], '0644'],
    ['test.arg_repr', [["it's", 1]], toValue({ args: '(["it\'s", 1],)', kwargs: '{}' })],
    ['defaults.merge', [{ a: { b: 1 } }, { a: { c: 2 } }], toValue({ a: { b: 1, c: 2 } })],
  ])('%s of %j', async (name, positional, expected) => {
    expect((await callScratch(name, { positional })).value).toEqual(expected);
  });
});
