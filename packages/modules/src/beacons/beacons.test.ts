import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pythonStr, silentLogger, toFloat, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import type { Host } from '../kit/host.ts';
import { followProgram } from '../host/local/follow-program.ts';
import { createLocalHost } from '../host/local/local-host.ts';
import type { Machine } from '../kit/machine.ts';
import { validateBeacon, type BeaconContext, type BeaconProbe } from './beacon.ts';
import { beaconTable } from './table.ts';

interface Setup {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly answers?: Readonly<Record<string, Value>>;
  readonly space?: Readonly<Record<string, { total: number; free: number; available: number }>>;
  readonly now?: number;
  readonly host?: Host;
}

interface World extends Setup {
  readonly host: Host;
  readonly probe: BeaconProbe;
  readonly answers: Record<string, Value>;
  now: number;
  /** Called when something happened in a folder. */
  readonly touches: (() => void)[];
  readonly warnings: string[];
  write(file: string, content: string | Uint8Array): Promise<void>;
}

const bytes = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

async function open(name: string, setup: Setup = {}): Promise<World> {
  const files = Object.fromEntries(Object.entries(setup.files ?? {}).map(([file, content]) => [file, content]));
  const host = setup.host ?? createFakeHost({ files });
  const write = (file: string, content: string | Uint8Array): Promise<void> => host.files.write(file, bytes(content));
  const declaration = beaconTable.get(name);
  if (declaration === undefined) throw new Error(`there is no beacon ${name}`);
  const answers = { ...setup.answers };
  const touches: (() => void)[] = [];
  const warnings: string[] = [];
  const world = { ...setup, host, answers, touches, warnings, now: setup.now ?? 0, write };
  const context: BeaconContext = {
    host,
    machine: { interfaces: () => [] } as unknown as Machine,
    log: { ...silentLogger, warn: (message) => warnings.push(message) },
    now: () => world.now,
    call: async (fun, positional, keyword = new Map()) => {
      const named = [...keyword].map(([key, value]) => `${pythonStr(key)}=${pythonStr(value)}`);
      return answers[[fun, ...positional.map(pythonStr), ...named].join(' ')] ?? null;
    },
    space: async (place) => setup.space?.[place],
    watch: (_folder, onEvent) => {
      touches.push(() => onEvent(undefined));
      return { close: () => {} };
    },
    follow: followProgram,
  };
  return Object.assign(world, { probe: declaration.create(context) });
}

const dict = (plain: Plain): Dict => toValue(plain) as Dict;
const look = async ({ probe }: World, config: Plain): Promise<Plain> => [...(await probe.look(dict(config)))];
const events = (...plain: readonly Plain[]): Value => toValue([...plain]);
const fault = (name: string, config: Plain): string | undefined => {
  const declaration = beaconTable.get(name);
  return declaration === undefined ? 'none' : validateBeacon(declaration, toValue(config));
};

describe('beacons', () => {
  it('tell what is wrong with a configuration in the words of Salt', () => {
    expect(fault('load', 'x')).toBe('Configuration for load beacon must be a list.');
    expect(fault('load', [])).toBe('Averages configuration is required for load beacon.');
    expect(fault('load', [{ averages: { '1m': [1] } }])).toBe(
      'Configuration for load beacon: 1m, 5m and 15m items must be a list of two items.',
    );
    expect(fault('load', [{ averages: { '1m': [0, 2] } }, { onchangeonly: 'yes' }])).toBe(
      'Configuration for load beacon option onchangeonly must be a boolean.',
    );
    expect(fault('memusage', [])).toBe('Configuration for memusage beacon requires percent.');
    expect(fault('ps', [{ processes: ['a'] }])).toBe('Processes for ps beacon must be a dictionary.');
    expect(fault('service', [{ services: { nginx: null } }])).toBe(
      'Configuration for service beacon must be a list of dictionaries.',
    );
    expect(fault('inotify', [{ files: { '/a': { mask: ['nothing'] } } }])).toBe(
      'Configuration for inotify beacon invalid mask option nothing.',
    );
    expect(fault('inotify', [{ files: { '/a': { mask: ['open'] } } }])).toBe(
      'Configuration for inotify beacon mask option open is not available here.',
    );
    expect(fault('inotify', [{ files: { '/a': { mask: ['unmount'] } } }])).toBe(
      'Configuration for inotify beacon mask option unmount is not available here.',
    );
    expect(fault('inotify', [{ files: { '/a': { mask: ['dont_follow'] } } }])).toBe(
      'Configuration for inotify beacon invalid mask option dont_follow.',
    );
    expect(fault('inotify', [{ files: {} }, { coalesce: 'yes' }])).toBe(
      'Configuration for inotify beacon coalesce must be boolean.',
    );
    expect(fault('inotify', [{ files: { '/a': { mask: ['oneshot', 'onlydir', 'excl_unlink'] } } }])).toBeUndefined();
    expect(fault('wtmp', [{ users: { a: { time_range: { start: '8am' } } } }])).toBe(
      'The time_range parameter for wtmp beacon must contain start & end options.',
    );
    expect(fault('log', [])).toBe('Configuration for log beacon must contain file option.');
    expect(fault('network_settings', [{ interfaces: { eth0: { nothing: null } } }])).toBe(
      'Invalid attributes in beacon configuration.',
    );
    expect(fault('http_status', [{ sites: { a: {} } }])).toBe("[-] Sites for http_status beacon requires {'url'}");
    expect(fault('pkg', [{ pkgs: 'zsh' }])).toBe('Configuration for pkg beacon requires list of pkgs.');
    expect(fault('memusage', { percent: 10, interval: 5 })).toBeUndefined();
    expect(fault('salt_monitor', [])).toBe('Configuration for salt_monitor beacon requires salt_fun.');
    expect(fault('salt_monitor', [{ salt_fun: ['test.ping', { 'test.arg': { args: 1 } }] }])).toBe(
      'args key for fun test.arg must be list',
    );
    expect(fault('salt_monitor', [{ salt_fun: [{ 'test.arg': { kwargs: [1] } }] }])).toBe(
      '1 is not a key / value pair',
    );
    expect(fault('salt_monitor', [{ salt_fun: [{ 'test.arg': { more: [] } }] }])).toBe(
      'key more not allowed under fun test.arg',
    );
  });

  it('load tells averages out of bounds, or only that one crossed a bound', async () => {
    const world = await open('load', { files: { '/proc/loadavg': '3.50 1.00 0.50 1/100 1\n' } });
    const config = { averages: { '1m': [0, 2] } };
    const told = events({ '1m': 3.5, '5m': toFloat(1), '15m': 0.5 });
    expect(await look(world, config)).toEqual(told);
    expect(await look(world, { averages: { '1m': [0, 4] } })).toEqual([]);
    const quiet = await open('load', { files: { '/proc/loadavg': '3.50 1.00 0.50 1/100 1\n' } });
    const changing = { ...config, onchangeonly: true };
    expect(await look(quiet, changing)).toEqual([]);
    await quiet.write('/proc/loadavg', '0.50 1.00 0.50 1/100 1\n');
    expect(await look(quiet, changing)).toEqual([]);
    await quiet.write('/proc/loadavg', '2.50 1.00 0.50 1/100 1\n');
    expect(await look(quiet, changing)).toHaveLength(1);
  });

  it('salt_monitor tells what functions answer, unless that counts as false', async () => {
    const answers = { 'test.ping': true, 'test.none': null, 'test.echo no': [], 'test.arg 1 b=2 c=3': 'all' };
    const world = await open('salt_monitor', { answers });
    const functions = [
      ...['test.ping', 'test.none', { 'test.echo': { args: ['no'] } }],
      { 'test.arg': { args: [1], kwargs: [{ b: 2 }, { c: 3 }] } },
    ];
    expect(await look(world, { salt_fun: functions })).toEqual(
      events(
        { salt_fun: 'test.ping', ret: true },
        { salt_fun: 'test.arg', ret: 'all', args: [1], kwargs: { b: 2, c: 3 } },
      ),
    );
    expect(await look(world, { salt_fun: 'test.none' })).toEqual(events({ salt_fun: 'test.none', ret: null }));
  });

  it('memusage and swapusage tell a share of the memory from a threshold on', async () => {
    const files = { '/proc/meminfo': 'MemTotal: 1000 kB\nMemAvailable: 377 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n' };
    const world = await open('memusage', { files });
    expect(await look(world, { percent: '62%' })).toEqual(events({ memusage: 62.3 }));
    expect(await look(world, { percent: 63 })).toEqual([]);
    expect(await look(await open('swapusage', { files }), { percent: '13%' })).toEqual([]);
  });

  it('diskusage takes mount points for regular expressions', async () => {
    const files = {
      '/proc/self/mounts': '/dev/a / ext4 rw 0 0\n/dev/b /home ext4 rw 0 0\n/dev/c /my\\040disk ext4 rw 0 0\n',
    };
    const full = { total: 100, free: 20, available: 10 };
    const world = await open('diskusage', { files, space: { '/': full, '/home': full, '/my disk': full } });
    expect(await look(world, { '/': '63%' })).toEqual(events({ diskusage: 88.9, mount: '/' }));
    expect(await look(world, { '^/(?!home).*$': 88 })).toEqual(
      events({ diskusage: 88.9, mount: '/' }, { diskusage: 88.9, mount: '/my disk' }),
    );
    expect(await look(world, { '/home': 89 })).toEqual([]);
  });

  it('network_info compares counters of interfaces', async () => {
    const line = 'eth0: 10 2 3 4 0 0 0 0 20 5 6 7 0 0 0 0\n';
    const world = await open('network_info', { files: { '/proc/net/dev': `Inter-|\n face |bytes\n${line}` } });
    const counters = {
      ...{ bytes_sent: 20, bytes_recv: 10, packets_sent: 5, packets_recv: 2 },
      ...{ errin: 3, errout: 6, dropin: 4, dropout: 7 },
    };
    const told = events({ interface: 'eth0', network_info: counters });
    expect(await look(world, { interfaces: { eth0: { type: 'greater', bytes_sent: 19 } } })).toEqual(told);
    expect(await look(world, { interfaces: { eth0: { bytes_sent: 19 } } })).toEqual([]);
    expect(await look(world, { interfaces: { eth0: { bytes_recv: 10 } } })).toEqual(told);
  });

  it('ps tells of processes by their whole names', async () => {
    const world = await open('ps', {
      files: {
        '/proc/1/comm': 'init\n',
        '/proc/7/comm': 'a-very-long-nam\n',
        '/proc/7/cmdline': '/usr/bin/a-very-long-name\0-x\0',
      },
    });
    const processes = { init: 'running', 'a-very-long-name': 'running', mysql: 'stopped', other: 'sleeping' };
    expect(await look(world, { processes })).toEqual(
      events({ init: 'Running' }, { 'a-very-long-name': 'Running' }, { mysql: 'Stopped' }, { other: false }),
    );
  });

  it('service tells of every look, or of changes after a delay', async () => {
    const world = await open('service', { answers: { 'service.status nginx': true } });
    const running = events({ nginx: { running: true }, service_name: 'nginx', tag: 'nginx' });
    expect(await look(world, { services: { nginx: {} } })).toEqual(running);
    const config = { services: { nginx: { onchangeonly: true, delay: 30, uncleanshutdown: '/run/nginx.pid' } } };
    const changing = await open('service', {
      answers: { 'service.status nginx': true },
      files: { '/run/nginx.pid': '1' },
    });
    expect(await look(changing, config)).toEqual([]);
    changing.now = 31_000;
    expect(await look(changing, config)).toEqual(running);
    changing.answers['service.status nginx'] = false;
    expect(await look(changing, config)).toEqual([]);
    changing.now = 70_000;
    expect(await look(changing, config)).toEqual(
      events({ nginx: { running: false, uncleanshutdown: true }, service_name: 'nginx', tag: 'nginx' }),
    );
    expect(await look(changing, config)).toEqual([]);
  });

  it('status tells what functions answer, whole or in parts', async () => {
    const world = await open('status', {
      answers: { 'status.loadavg': dict({ '1-min': 0.5, '5-min': 0.25 }), 'status.time': 'noon' },
    });
    expect(await look(world, { loadavg: ['1-min'], time: ['all'] })).toEqual(
      events({ tag: '1970-01-01T00:00:00.000000'.slice(0, 26), data: { loadavg: { '1-min': 0.5 }, time: 'noon' } }),
    );
    expect((await world.probe.look(dict({ loadavg: ['2-min'] })))[0]?.get('data')).toEqual(
      dict({ loadavg: "Status beacon is incorrectly configured: '2-min'" }),
    );
  });

  it('pkg tells of changes from the second look on', async () => {
    const world = await open('pkg', { answers: { 'pkg.version zsh': '5.8', 'pkg.latest_version zsh': '' } });
    expect(await look(world, { pkgs: ['zsh'] })).toEqual([]);
    world.answers['pkg.latest_version zsh'] = '5.9';
    expect(await look(world, { pkgs: ['zsh'] })).toEqual(events({ pkg: 'zsh', version: '5.9', status: 'upgrade' }));
    world.answers['pkg.version zsh'] = '';
    expect(await look(world, { pkgs: ['zsh'] })).toEqual(
      events({ pkg: 'zsh', version: null, status: 'not-installed' }),
    );
  });

  it('log tells of whole new lines that match from their beginning', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'brine-log-'));
    const file = path.join(folder, 'm');
    writeFileSync(file, 'old good-bye\n');
    const world = await open('log', { host: createLocalHost() });
    const config = { file, tags: { 'good/bye': { regex: '.*good-bye.*' }, bad: { regex: '(' } } };
    expect(await look(world, config)).toEqual([]);
    appendFileSync(file, 'hello\na good-bye\nhalf good-bye');
    expect(await look(world, config)).toEqual(
      events(
        { tag: 'good/bye', match: 'yes', raw: 'a good-bye', error: '' },
        { tag: 'bad', match: 'no', raw: '', error: 'bad regex' },
      ),
    );
    appendFileSync(file, ' now\n');
    expect(await look(world, { ...config, tags: { 'good/bye': { regex: 'half' } } })).toEqual(
      events({ tag: 'good/bye', match: 'yes', raw: 'half good-bye now', error: '' }),
    );
    rmSync(file);
    writeFileSync(file, 'half of another\n');
    expect(await look(world, { file, tags: { rotated: { regex: 'half' } } })).toEqual(
      events({ tag: 'rotated', match: 'yes', raw: 'half of another', error: '' }),
    );
    rmSync(folder, { recursive: true });
  });

  it('wtmp tells logins and logouts of the users that are meant', async () => {
    const world = await open('wtmp', { files: { '/var/log/wtmp': '' } });
    expect(await look(world, {})).toEqual([]);
    await world.write('/var/log/wtmp', Buffer.concat([login(7, 'gareth'), login(8, '')]));
    const common = { PID: 42, line: 'pts/1', inittab: 's1', hostname: 'there', exit_status: 0, session: 9, time: 1000 };
    const told = (await look(world, { users: { gareth: null } })) as readonly Dict[];
    expect(told).toEqual(
      events(
        {
          type: 7,
          ...pick(common, 'PID', 'line', 'inittab'),
          user: 'gareth',
          ...rest(common),
          addr: '10.0.0.1',
          action: 'login',
        },
        {
          type: 8,
          ...pick(common, 'PID', 'line', 'inittab'),
          user: 'gareth',
          ...rest(common),
          addr: '10.0.0.1',
          action: 'logout',
        },
      ),
    );
    await world.write('/var/log/wtmp', Buffer.concat([login(7, 'gareth'), login(8, ''), login(7, 'other')]));
    expect(await look(world, { users: { gareth: null } })).toEqual([]);
  });

  it('inotify tells what happened to files, as pyinotify names it', async () => {
    const world = await open('inotify', { files: { '/opt/kept': 'a', '/opt/gone': 'b', '/opt/skip.swp': 'c' } });
    const exclude = [{ '\\.swp$': { regex: true } }];
    const config = { files: { '/opt': { mask: ['create', 'delete', 'modify'], exclude } } };
    expect(await look(world, config)).toEqual([]);
    // What happened before the watch began is looked for once more.
    expect(await look(world, config)).toEqual([]);
    await world.host.files.append('/opt/kept', bytes('more'));
    await world.host.files.append('/opt/skip.swp', bytes('more'));
    await world.host.files.remove('/opt/gone');
    await world.host.files.makeDirectory('/opt/new');
    expect(await look(world, config)).toEqual([]);
    for (const touch of world.touches) touch();
    expect(await look(world, config)).toEqual(
      events(
        { tag: '/opt', path: '/opt/kept', change: 'IN_MODIFY' },
        { tag: '/opt', path: '/opt/new', change: 'IN_CREATE|IN_ISDIR' },
        { tag: '/opt', path: '/opt/gone', change: 'IN_DELETE' },
      ),
    );
  });

  it('inotify tells one event of a folder with oneshot, again at the next look', async () => {
    const world = await open('inotify', { files: { '/opt/one': 'a', '/opt/two': 'b', '/opt/sub/three': 'c' } });
    const config = { files: { '/opt': { mask: ['modify', 'oneshot'], recurse: true } } };
    expect(await look(world, config)).toEqual([]);
    const change = 'IN_MODIFY';
    for (const name of ['one', 'two', 'sub/three']) await world.host.files.append(`/opt/${name}`, bytes('more'));
    for (const touch of world.touches) touch();
    expect(await look(world, config)).toEqual(
      events({ tag: '/opt', path: '/opt/one', change }, { tag: '/opt/sub', path: '/opt/sub/three', change }),
    );
    await world.host.files.append('/opt/two', bytes('more'));
    for (const touch of world.touches) touch();
    expect(await look(world, config)).toEqual(events({ tag: '/opt', path: '/opt/two', change }));
  });

  it('inotify watches only folders with onlydir, and tells once what several paths cover', async () => {
    const world = await open('inotify', { files: { '/opt/sub/file': 'a', '/etc/file': 'b' } });
    const files = {
      '/etc/file': { mask: ['modify', 'onlydir'] },
      '/opt': { mask: ['modify', 'onlydir'], recurse: true },
      '/opt/sub': { mask: ['modify'] },
    };
    const config = { files, coalesce: true };
    expect(await look(world, config)).toEqual([]);
    for (const file of ['/opt/sub/file', '/etc/file']) await world.host.files.append(file, bytes('more'));
    for (const touch of world.touches) touch();
    expect(await look(world, config)).toEqual(events({ tag: '/opt/sub', path: '/opt/sub/file', change: 'IN_MODIFY' }));
  });

  it('inotify warns once of more paths than it watches', async () => {
    const files = Object.fromEntries(Array.from({ length: 8192 }, (_, index) => [`/opt/${index}`, '']));
    const world = await open('inotify', { files });
    const config = { files: { '/opt': {} } };
    for (let count = 0; count < 2; count += 1) {
      await look(world, config);
      for (const touch of world.touches) touch();
    }
    expect(world.warnings).toEqual(['the inotify beacon does not watch all there is']);
  });

  it('network_settings tells of attributes that changed', async () => {
    const place = '/sys/class/net/eth0';
    const world = await open('network_settings', {
      files: { [`${place}/ifindex`]: '2\n', [`${place}/mtu`]: '1500\n' },
    });
    const config = { interfaces: { 'eth*': { mtu: {}, carrier: { onvalue: 1 } } } };
    expect(await look(world, config)).toEqual([]);
    await world.write(`${place}/mtu`, '9000\n');
    await world.write(`${place}/carrier`, '1\n');
    expect(await look(world, config)).toEqual(
      events({ tag: 'eth0', interface: 'eth0', change: { mtu: 9000, carrier: 1 } }),
    );
    await world.write(`${place}/mtu`, '1500\n');
    expect(await look(world, { ...config, coalesce: true })).toEqual(
      events({ tag: 'result', changes: { eth0: { mtu: 1500 } } }),
    );
  });

  it('http_status tells of values that do not compare', async () => {
    const server = createServer((_request, response) => response.end('{"state": {"db": "down"}}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`;
    const world = await open('http_status');
    const site = {
      url,
      status: [{ value: 200, comp: '==' }],
      content: [
        { path: 'state:db', value: 'up', comp: '==' },
        { path: 'state:none', value: 'up', comp: '==' },
      ],
    };
    expect(await look(world, { sites: { one: site } })).toEqual(
      events({ expected: 'up', received: 'down', url, path: 'state:db' }),
    );
    await new Promise((resolve) => server.close(resolve));
    expect(await look(world, { sites: { one: site } })).toEqual(
      events({ status_code: null, url, error: `connect ECONNREFUSED ${new URL(url).host}` }),
    );
  });

  it('cert_info tells of a certificate that is about to end', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'brine-cert-'));
    const file = path.join(folder, 'cert.pem');
    const subject = '/C=DE/O=Example/CN=web';
    spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', subject],
      ...['-keyout', path.join(folder, 'key.pem'), '-out', file],
    ]);
    const pem = readFileSync(file);
    rmSync(folder, { recursive: true });
    const world = await open('cert_info', { files: { '/c.pem': pem }, now: Date.now() });
    const told = (await world.probe.look(dict({ files: ['/c.pem', '/missing.pem'] })))[0]?.get('certificates');
    const certificate = Array.isArray(told) ? (told[0] as Dict) : new Map<Value, Value>();
    expect(certificate.get('cert_path')).toBe('/c.pem');
    expect(certificate.get('subject')).toBe('C="DE",O="Example",CN="web"');
    expect(certificate.get('has_expired')).toBe(false);
    expect(certificate.get('notAfter_raw')).toMatch(/^\d{14}Z$/);
    expect(await look(world, { files: [{ '/c.pem': { notify_days: 15 } }] })).toEqual([]);
  });

  it('journald tells of entries that have all the fields', async () => {
    const entries = [
      { __CURSOR: 'c1', SYSLOG_IDENTIFIER: 'sshd', PRIORITY: '6', MESSAGE: 'old' },
      { __CURSOR: 'c2', SYSLOG_IDENTIFIER: 'sshd', PRIORITY: '6', MESSAGE: 'new' },
      { __CURSOR: 'c3', SYSLOG_IDENTIFIER: 'cron', PRIORITY: '6', MESSAGE: 'other' },
    ].map((entry) => JSON.stringify(entry));
    const host = createFakeHost({
      programs: {
        journalctl: (args) => {
          const isFirst = args.includes('--lines=1');
          return { stdout: (isFirst ? entries.slice(0, 1) : entries.slice(1)).join('\n') };
        },
      },
    });
    const probe = beaconTable.get('journald')?.create({ host } as unknown as BeaconContext);
    const config = dict({ services: { ssh: { SYSLOG_IDENTIFIER: 'sshd', PRIORITY: 6 } } });
    expect(await probe?.look(config)).toEqual([]);
    expect(await probe?.look(config)).toEqual(
      events({ __CURSOR: 'c2', SYSLOG_IDENTIFIER: 'sshd', PRIORITY: 6, MESSAGE: 'new', tag: 'ssh' }),
    );
  });
});

function pick<Row extends object, Key extends keyof Row>(row: Row, ...keys: readonly Key[]): Pick<Row, Key> {
  return Object.fromEntries(keys.map((key) => [key, row[key]])) as Pick<Row, Key>;
}

function rest(row: { hostname: string; exit_status: number; session: number; time: number }) {
  return pick(row, 'hostname', 'exit_status', 'session', 'time');
}

/** A record of `utmp(5)`. */
function login(type: number, user: string): Uint8Array {
  const record = Buffer.alloc(384);
  record.writeInt16LE(type, 0);
  record.writeInt32LE(42, 4);
  record.write('pts/1', 8);
  record.write('s1', 40);
  record.write(user, 44);
  record.write('there', 76);
  record.writeInt32LE(9, 336);
  record.writeInt32LE(1000, 340);
  record.set([10, 0, 0, 1], 348);
  return record;
}
