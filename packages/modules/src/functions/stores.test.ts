import { encodeValue, toValue, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch, type Scratch } from '../../test-support/scratch-context.ts';

function caller(scratch: Scratch) {
  return async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    (await callScratch(name, { positional, keyword, ...scratch })).value;
}

async function textOf(host: FakeHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

describe('sdb', () => {
  const options = {
    environment: { driver: 'env' },
    secrets: { driver: 'yaml', files: ['/srv/a.yaml', '/srv/nope.yaml', '/srv/b.yaml'] },
    far: { driver: 'consul' },
    password: 'sdb://secrets/db:password',
  };
  const host = (): FakeHost =>
    createFakeHost({
      files: { '/srv/a.yaml': 'db:\n  user: app\n  password: old\n', '/srv/b.yaml': 'db:\n  password: new\n' },
      environment: { HOME: '/root' },
    });

  it('reads variables and files, also for config.get', async () => {
    const call = caller({ host: host(), options });
    expect(await call('sdb.get', ['sdb://environment/HOME'])).toBe('/root');
    expect(await call('sdb.get', ['sdb://environment/NOPE'])).toBe(null);
    expect(await call('sdb.get', ['sdb://secrets/db'])).toEqual(toValue({ user: 'app', password: 'new' }));
    expect(await call('config.get', ['password'])).toBe('new');
  });

  it('answers what is no address as it is, and refuses it when strict', async () => {
    const call = caller({ host: host(), options });
    expect(await call('sdb.get', ['plain'])).toBe('plain');
    expect(await call('sdb.get', ['sdb://unknown/x'])).toBe('sdb://unknown/x');
    await expect(call('sdb.get', ['sdb://unknown/x', true])).rejects.toThrow('SDB profile "unknown" wasnt found');
    await expect(call('sdb.get', ['sdb://far/x'])).rejects.toThrow("The sdb driver 'consul' of the profile 'far'");
    await expect(call('sdb.set', ['sdb://secrets/x', 1])).rejects.toThrow("The sdb driver 'yaml' cannot set values.");
  });

  it('sets variables that are not set', async () => {
    const machine = host();
    const call = caller({ host: machine, options });
    expect(await call('sdb.set', ['sdb://environment/HOME', '/tmp'])).toBe('/root');
    expect(await call('sdb.set', ['sdb://environment/COLOR', 'blue'])).toBe('blue');
    expect(machine.environment('COLOR')).toBe('blue');
    expect(await call('sdb.get_or_set_hash', ['sdb://environment/TOKEN'], { chars: 'a', length: 4 })).toBe('aaaa');
    expect(await call('sdb.get_or_set_hash', ['sdb://environment/TOKEN'], { chars: 'b' })).toBe('aaaa');
  });
});

describe('the mine', () => {
  const options = {
    id: 'web1',
    cachedir: '/var/cache/salt/minion',
    mine_functions: {
      'test.ping': [],
      told: [{ mine_function: 'test.echo' }, 'hello'],
      held: { mine_function: 'test.echo', text: 'x', allow_tgt: 'web*' },
      'test.exception': ['boom'],
      'no.such': [],
    },
  };

  it('of a minion without a master is its own', async () => {
    const host = createFakeHost({ files: { '/var/cache/salt/minion/keep': '' } });
    const call = caller({ host, options });
    expect(await call('mine.update')).toBe(true);
    expect(await call('mine.get', ['web*', 'told'])).toEqual(toValue({ web1: 'hello' }));
    expect(await call('mine.get', ['web*', ['held', 'test.ping', 'test.exception']])).toEqual(
      toValue({ held: { web1: 'x' }, 'test.ping': { web1: true } }),
    );
    expect(await call('mine.get', ['db*', 'told'])).toEqual(toValue({}));
    expect(await call('mine.send', ['greeting', 'hi'], { mine_function: 'test.echo' })).toBe(true);
    expect(await call('mine.send', ['test.exception', 'boom'])).toBe(false);
    expect(await call('mine.delete', ['told'])).toBe(true);
    expect(await call('mine.get', ['*', ['told', 'greeting']])).toEqual(toValue({ greeting: { web1: 'hi' } }));
    expect(await call('mine.valid')).toEqual(
      toValue({
        'test.ping': [],
        told: { 'test.echo': ['hello'] },
        held: { 'test.echo': [{ text: 'x' }] },
        'test.exception': ['boom'],
      }),
    );
    expect(await call('mine.flush')).toBe(true);
    expect(await call('mine.get', ['*', 'greeting'])).toEqual(toValue({}));
  });

  it('of a minion with a master is the master’s', async () => {
    const asked: unknown[] = [];
    const master = {
      request: async (verb: string, body: unknown) => {
        asked.push([verb, body]);
        return true;
      },
    };
    const call = caller({
      host: createFakeHost(),
      options: { ...options, file_client: 'remote' },
      context: { master },
    });
    expect(await call('mine.update', [], { mine_functions: ['test.ping'], clear: true })).toBe(true);
    expect(asked).toEqual([
      ['mine.store', toValue({ data: encodeValue(toValue({ 'test.ping': true })), clear: true })],
    ]);
  });
});

describe('repositories and details of packages', () => {
  const line = 'deb [signed-by=/k.gpg] http://deb.example/debian stable main';

  it('lists, finds, changes and removes repositories', async () => {
    const host = createFakeHost({
      files: {
        '/etc/apt/sources.list': `# main\n${line}\n`,
        '/etc/apt/sources.list.d/x.list': 'deb http://x.example y z\n',
      },
      programs: { 'apt-get': () => '' },
    });
    const call = caller({ host });
    const repository = {
      ...{
        file: '/etc/apt/sources.list',
        comps: ['main'],
        disabled: false,
        enabled: true,
        dist: 'stable',
        type: 'deb',
      },
      ...{ uri: 'http://deb.example/debian', line, architectures: [], signedby: '/k.gpg' },
    };
    expect(await call('pkg.get_repo', ['deb http://deb.example/debian stable main'])).toEqual(toValue(repository));
    expect(await call('pkg.get_repo', ['deb http://no.example stable main'])).toEqual(toValue({}));
    expect([...((await call('pkg.list_repos')) as Map<string, unknown>).keys()]).toEqual([
      'http://deb.example/debian',
      'http://x.example',
    ]);
    await call('pkg.mod_repo', [line], { comps: 'main,contrib' });
    expect(await textOf(host, '/etc/apt/sources.list')).toBe(`# main\n${line} contrib\n`);
    expect(await call('pkg.del_repo', ['deb http://x.example y z'], { refresh: false })).toBe(
      "File /etc/apt/sources.list.d/x.list containing repo 'deb http://x.example y z' has been removed.",
    );
    expect(host.started.map(({ command }) => command)).toEqual([
      ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-q', 'update'],
    ]);
    await expect(call('pkg.mod_repo', [line], { key_url: 'http://k' })).rejects.toThrow('is not supported');
  });

  it('tells what is known of installed packages', async () => {
    const record = (values: readonly string[]): string => `${values.join('\u001f')}\u001f\u001e`;
    const bash = [
      ...['bash', 'ii ', '', 'amd64', 'Matthias', 'a shell', 'bash', '5.2'],
      ...['shells', '', '', '', 'a shell\n Long.'],
    ];
    const gone = bash.with(0, 'gone').with(1, 'rc ');
    const host = createFakeHost({ programs: { 'apt-get': () => '', 'dpkg-query': () => record(bash) + record(gone) } });
    const call = caller({ host });
    expect(await call('pkg.info_installed', ['bash'])).toEqual(
      toValue({
        bash: {
          ...{ name: 'bash', arch: 'amd64', packager: 'Matthias', summary: 'a shell', source: 'bash', version: '5.2' },
          ...{ group: 'shells', description: 'a shell\n Long.' },
        },
      }),
    );
    expect(await call('pkg.info_installed', ['bash'], { attr: 'version' })).toEqual(
      toValue({ bash: { version: '5.2' } }),
    );
  });
});
