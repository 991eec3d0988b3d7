import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, portOf } from './fleet-folder.ts';
import { createFleet, type Fleet } from './fleet.ts';
import type { Finished } from './running-program.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
});

afterAll(async () => {
  await fleet.end();
});

const daemon = async (program: string, member: string): Promise<Finished> => fleet.start(program, member, []).ended;

describe('a program that cannot do its work', () => {
  it.each([
    ['salt', ['*', 'test.ping']],
    ['salt-run', ['manage.up']],
  ] as const)('%s says where it looked for the master', async (program, args) => {
    fleet.folder.configureMaster();
    const socket = fleet.folder.at('master/var/run/salt/master/control.sock');
    expect(await fleet.run(program, ...args)).toEqual({
      status: 2,
      stdout: '',
      stderr: `${program}: cannot reach the master at ${socket}: is salt-master running, and is this its configuration folder ('-c')?\n`,
    });
  });

  it('salt-call says that the master does not answer', async () => {
    fleet.folder.configureMinion('alone');
    expect(await fleet.call('alone', '-t', '1', 'pillar.items')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'no session with the master within 1 seconds: it did not answer\n',
    });
  });

  it.each(['publish_port', 'ret_port'])('salt-master names the %s that is taken', async (key) => {
    const taken: Server = await listen();
    const port = portOf(taken);
    fleet.folder.configureMaster({ [key]: port });
    const { status, stdout, stderr } = await daemon('salt-master', 'master');
    taken.close();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^salt-master: .*\\b${port}\\b.*\\n$`));
  });
});

describe('a second master with the folder of sockets of a first', () => {
  it('is refused before it touches a port, a key or a job store', async () => {
    const first = await fleet.startMaster();
    const { publishPort, returnPort } = fleet.folder;
    // The ports are the first one's: whoever tries them before the socket says so.
    const own = Object.fromEntries(
      ['pki_dir', 'cachedir', 'pidfile', 'log_file', 'key_logfile'].map((key) => [key, `/second/${key}`]),
    );
    const sockets = '/master/var/run/salt/master';
    const ports = { interface: '127.0.0.1', publish_port: publishPort, ret_port: returnPort };
    fleet.folder.write(
      'second/master',
      JSON.stringify({ root_dir: fleet.folder.path, sock_dir: sockets, ...own, ...ports }),
    );
    expect(await daemon('salt-master', 'second')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `salt-master: another master is running: it listens on ${fleet.folder.path}${sockets}/control.sock\n`,
    });
    const made = ['second/pki_dir', 'second/cachedir/jobs.db'];
    expect(made.filter((path) => existsSync(fleet.folder.at(path)))).toEqual([]);
    expect(await first.stop()).toMatchObject({ status: 0 });
  });
});

describe('a configuration that cannot be used', () => {
  it.each([
    ['is no YAML', 'interface: [127.0.0.1\n', /master:\d+:\d+/],
    ['has a value of the wrong kind', 'publish_port: many\n', /master:1:\d+: .*publish_port/],
  ])('that %s is told with file and line', async (_what, text, expected) => {
    fleet.folder.write('odd/master', text);
    const { status, stdout, stderr } = await daemon('salt-master', 'odd');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('that names an unknown key is told with the nearest known one', async () => {
    fleet.folder.write(
      'typo/minion',
      `id: typo\nroot_dir: ${fleet.folder.at('typo')}\nmaster: 127.0.0.1\nmaster_prt: 1\n`,
    );
    const minion = fleet.start('salt-minion', 'typo', []);
    const line = await minion.line((text) => text.includes('master_prt'));
    expect(line).toContain('typo/minion:4:');
    expect(line).toContain('master_port');
    minion.signal('SIGTERM');
    expect(await minion.ended).toMatchObject({ status: 0 });
  });

  it('that cannot be read is named', async () => {
    mkdirSync(fleet.folder.at('loop'));
    // Not even root reads a link to itself.
    symlinkSync('minion', fleet.folder.at('loop/minion'));
    const { status, stdout, stderr } = await daemon('salt-minion', 'loop');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(fleet.folder.at('loop/minion'));
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('that is a folder is named', async () => {
    mkdirSync(fleet.folder.at('folder/minion'), { recursive: true });
    const { status, stdout, stderr } = await daemon('salt-minion', 'folder');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(fleet.folder.at('folder/minion'));
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('whose key file holds no key names the file', async () => {
    fleet.folder.configureMinion('keyless');
    const key = fleet.folder.write('keyless/etc/salt/pki/minion/minion.pem', 'not a key\n', 0o600);
    const { status, stdout, stderr } = await daemon('salt-minion', 'keyless');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(key);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
