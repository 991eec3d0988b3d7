import { toValue, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../test-support/scratch-context.ts';

function caller(host: FakeHost) {
  return async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    (await callScratch(name, { positional, keyword, host, grains: { os_family: 'Debian' } })).value;
}

const commandsOf = (host: FakeHost): unknown => host.started.map(({ command }) => command);

describe('services with scripts of init', () => {
  const host = createFakeHost({
    files: {
      '/etc/init.d/cron': { text: '', mode: 0o755 },
      '/etc/init.d/crond': { text: '', mode: 0o755 },
      '/etc/init.d/ssh': { text: '', mode: 0o755 },
      '/etc/rc2.d/S01ssh': '',
      '/proc/41/cmdline': 'sshd\0-D\0',
    },
    programs: { cron: () => '', crond: () => ({ exitCode: 3 }) },
  });
  const call = caller(host);

  it('tell of each whose name matches a glob whether it runs', async () => {
    expect(await call('service.status', ['cron*'])).toEqual(toValue({ cron: true, crond: false }));
    expect(await call('service.status', ['none*'])).toEqual(toValue({}));
    expect(await call('service.status', ['cron'])).toBe(true);
    await expect(call('service.status', ['-x'])).rejects.toThrow('must be the name of a service');
  });

  it('look for a signature in the command lines of processes', async () => {
    expect(await call('service.status', ['ssh', 'sshd -D'])).toBe(true);
    expect(await call('service.status', ['ssh', 'other'])).toBe(false);
  });

  it('are not disabled when they are not there', async () => {
    expect(await call('service.disabled', ['cron'])).toBe(true);
    expect(await call('service.disabled', ['ssh'])).toBe(false);
    expect(await call('service.disabled', ['none'])).toBe(false);
  });
});

describe('rabbitmq', () => {
  const host = createFakeHost({
    programs: {
      rabbitmqctl: (args) => {
        if (args.includes('list_users')) return '[{"user":"guest","tags":["administrator"]},{"user":"bob","tags":[]}]';
        if (args.includes('list_permissions')) return '[{"user":"guest","configure":".*","write":".*","read":".*"}]';
        if (args.includes('list_queues')) return 'work\t3\t1\n';
        if (args.includes('list_policies'))
          return '[{"name":"ha","pattern":".*","definition":"{}","apply-to":"all","priority":0}]';
        return 'done ...\n';
      },
      'rabbitmq-plugins': () => 'rabbitmq_management\n',
    },
  });
  const call = caller(host);

  it('tells of accounts, permissions, queues and policies', async () => {
    expect(await call('rabbitmq.list_users')).toEqual(toValue({ guest: ['administrator'], bob: [''] }));
    expect(await call('rabbitmq.user_exists', ['bob'])).toBe(true);
    expect(await call('rabbitmq.list_permissions', ['/'])).toEqual(
      toValue({ guest: { configure: '.*', write: '.*', read: '.*' } }),
    );
    expect(await call('rabbitmq.list_queues', ['root', 'messages', 'consumers'])).toEqual(
      toValue({ work: ['3', '1'] }),
    );
    expect(await call('rabbitmq.list_policies')).toEqual(
      toValue({ '/': { ha: { pattern: '.*', apply_to: 'all', definition: '{}', priority: '0' } } }),
    );
    expect(await call('rabbitmq.policy_exists', ['/', 'none'])).toBe(false);
  });

  it('keeps passwords off command lines and refuses names that are options', async () => {
    expect(await call('rabbitmq.add_user', ['ann', 'geheim'])).toEqual(toValue({ Added: 'done ...' }));
    expect(await call('rabbitmq.set_permissions', ['/', 'ann'], { conf: '' })).toEqual(
      toValue({ 'Permissions Set': 'done ...' }),
    );
    expect(host.started.map(({ command }) => command)).toEqual([
      ['rabbitmqctl', 'list_queues', '-q', '--no-table-headers', 'messages', 'consumers'],
      ['rabbitmqctl', 'add_user', 'ann'],
      ['rabbitmqctl', 'set_permissions', '-p', '/', '--', 'ann', '', '.*', '.*'],
    ]);
    expect(host.started[1]?.input).toBe('geheim\n');
    const upstream = { uri: 'amqp://u:geheim@west', ack_mode: 'on-confirm', max_hops: 1, expires: 0, runas: 'rabbit' };
    expect(await call('rabbitmq.set_upstream', ['west'], upstream)).toBe(true);
    const definition = '{"uri":"amqp://u:geheim@west","ack-mode":"on-confirm","max-hops":1}';
    expect(host.started[3]).toMatchObject({
      command: ['rabbitmqctl', 'set_parameter', 'federation-upstream', 'west', definition],
      user: 'rabbit',
    });
    await expect(call('rabbitmq.set_upstream', ['west'], { uri: 'x', ack_mode: 'never' })).rejects.toThrow('one of');
    await expect(call('rabbitmq.delete_user', ['--help'])).rejects.toThrow('must be the name of an account');
    await expect(call('rabbitmq.set_user_tags', ['ann', '-x'])).rejects.toThrow('cannot be a tag');
  });
});

describe('supervisord', () => {
  const host = createFakeHost({
    files: {
      '/etc/supervisor/supervisord.conf': '[program:web]\ncommand=/bin/web ; the web\nautostart=true\nnumprocs=2\n',
    },
    programs: {
      supervisorctl: (args) =>
        args.includes('status')
          ? { stdout: 'web    RUNNING   pid 12, uptime 0:01:00\nold    STOPPED   Not started\n', exitCode: 3 }
          : 'web: started\n',
    },
  });
  const call = caller(host);

  it('starts processes and tells of them', async () => {
    expect(await call('supervisord.start', ['web:*'])).toBe('web: started');
    expect(commandsOf(host)).toEqual([['/usr/bin/supervisorctl', 'start', 'web:']]);
    expect(await call('supervisord.options', ['web'])).toEqual(
      toValue({ command: '/bin/web', autostart: true, numprocs: 2 }),
    );
    await expect(call('supervisord.options', ['none'])).rejects.toThrow("Process 'none' not found");
    await expect(call('supervisord.custom', ['--version'])).rejects.toThrow('must be a command');
  });
});

describe('apache', () => {
  it('reads what the server tells', async () => {
    const host = createFakeHost({
      programs: {
        apache2ctl: (args) =>
          ({
            '-v': 'Server version: Apache/2.4.57 (Debian)\nServer built: x\n',
            '-V': 'Server version: Apache/2.4.57\nServer MPM: event\n -D APR_HAS_SENDFILE\n',
            '-M': 'Loaded Modules:\n core_module (static)\n alias_module (shared)\n',
            '-S': '*:80 is a NameVirtualHost\n default server a (/etc/a.conf:1)\n port 80 namevhost b (/etc/b.conf:2)\n',
          })[args[0] ?? ''] ?? '',
        a2enmod: () => ({ exitCode: 1 }),
        htpasswd: () => '',
      },
    });
    const call = caller(host);
    expect(await call('apache.version')).toBe('Apache/2.4.57 (Debian)');
    expect(await call('apache.fullversion')).toEqual(
      toValue({ compiled_with: ['APR_HAS_SENDFILE'], server_version: 'Apache/2.4.57', server_mpm: 'event' }),
    );
    expect(await call('apache.modules')).toEqual(toValue({ static: ['core_module'], shared: ['alias_module'] }));
    expect(await call('apache.vhosts')).toEqual(
      toValue({
        '*:80': {
          default: { vhost: 'a', conf: '/etc/a.conf:1' },
          b: { vhost: 'b', conf: '/etc/b.conf:2', port: '80' },
        },
      }),
    );
    expect(await call('apache.a2enmod', ['none'])).toEqual(
      toValue({ Name: 'Apache2 Enable Mod', Mod: 'none', Status: 'Mod none Not found' }),
    );
    expect(await call('apache.signal', ['dance'])).toBe(null);
    await call('apache.useradd', ['/etc/pw', 'larry', 'geheim']);
    expect(host.started.at(-1)).toMatchObject({ command: ['htpasswd', '-ic', '/etc/pw', 'larry'], input: 'geheim' });
  });

  it('writes configurations from data', async () => {
    const host = createFakeHost();
    const config = [
      { Listen: '22' },
      { VirtualHost: { this: '*:80', ServerName: 'a', Directory: { this: '/x', Order: 'Deny,Allow' } } },
    ];
    const written = await caller(host)('apache.config', ['/etc/a.conf', config]);
    expect(written).toBe(
      'Listen 22\n<VirtualHost *:80>\nServerName a\n<Directory /x>\nOrder Deny,Allow\n</Directory>\n\n</VirtualHost>\n',
    );
    expect(Buffer.from((await host.files.read('/etc/a.conf')) ?? '').toString()).toBe(
      `# This file is managed by Salt.\n${written as string}`,
    );
  });
});

describe('dnsutil', () => {
  it('reads zones', async () => {
    const zone =
      '$TTL 86400\n@ 1D IN SOA ns.x. root.x.org. ( 2020 ; serial\n 3H\n 15 1w 3h )\n IN NS ns.x.\nwww 300 IN A 10.0.0.1\n';
    const call = caller(createFakeHost({ programs: { dig: () => '10.0.0.1\nbad\n' } }));
    const read = await call('dnsutil.parse_zone', [], { zone });
    expect(read instanceof Map && read.get('REFRESH')).toBe(10_800);
    expect(read instanceof Map && read.get('CONTACT')).toBe('root@x.org.');
    expect(await call('dnsutil.parse_zone')).toBe('Error: Zone data was not found');
    expect(await call('dnsutil.NS', ['x.org'])).toEqual(['10.0.0.1', '10.0.0.1']);
    expect(await call('dnsutil.check_ip', ['10.0.0.0/33'])).toBe(false);
    expect(await caller(createFakeHost())('dnsutil.MX', ['x.org'])).toBe(
      'This function requires dig, which is not currently available',
    );
  });
});

describe('acl', () => {
  it('reads access lists and refuses what is none', async () => {
    const listed =
      '# file: /x\n# owner: root\n# group: ops\n# flags: -s-\nuser::rwx\nuser:ann:r--\ngroup::r-x\nother::---\ndefault:user::rwx\n\n';
    const host = createFakeHost({ programs: { getfacl: () => listed, setfacl: () => '' } });
    const call = caller(host);
    const entry = (octal: number, letters: string) => ({
      permissions: { read: letters.includes('r'), write: letters.includes('w'), execute: letters.includes('x') },
      octal,
    });
    expect(await call('acl.getfacl', ['/x'])).toEqual(
      toValue({
        '/x': {
          comment: { file: '/x', owner: 'root', group: 'ops', flags: '-s-' },
          user: [{ root: entry(7, 'rwx') }, { ann: entry(4, 'r') }],
          group: [{ ops: entry(5, 'rx') }],
          sgid: true,
          other: [{ '': entry(0, '') }],
          defaults: { user: [{ root: entry(7, 'rwx') }] },
        },
      }),
    );
    expect(await call('acl.modfacl', ['d:user', 'ann', 'rx', '/x'])).toBe(true);
    expect(commandsOf(host)).toEqual([['setfacl', '-m', 'd:u:ann:rx', '--', '/x']]);
    await expect(call('acl.modfacl', ['user', 'ann:rwx,u:bob', 'r', '/x'])).rejects.toThrow('cannot be a name');
    await expect(call('acl.getfacl')).rejects.toThrow('at least one file');
  });
});
