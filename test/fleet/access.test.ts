import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const accounts = ['limited', 'stranger'].map((name) => `brine${name}${process.pid}`);
const [limited = '', stranger = ''] = accounts;
let fleet: Fleet;

beforeAll(async () => {
  for (const name of accounts) spawnSync('useradd', ['--create-home', name]);
  fleet = await createFleet();
  const users = fleet.folder.write('users', 'ada:pw-ada\nbob:pw-bob\n', 0o600);
  mkdirSync(fleet.folder.at('master'), { recursive: true });
  for (const path of [fleet.folder.path, fleet.folder.at('master')]) chmodSync(path, 0o755);
  await fleet.startMaster({
    publisher_acl: { [`${limited.slice(0, -1)}.`]: ['test.*', { '@runner': ['manage.up'] }] },
    publisher_acl_blacklist: { modules: ['cmd.script'] },
    external_auth: {
      file: {
        '^filename': users,
        ada: ['.*', '@runner', '@wheel'],
        bob: ['test.ping', { '*': [{ 'cmd.run': { args: ['echo \\w+\\Z'] } }] }],
      },
    },
  });
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
  for (const name of accounts) spawnSync('userdel', ['--remove', name]);
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the checkout as a user of the machine, who may read the configuration. */
async function runAs(user: string, program: string, args: readonly string[], input = ''): Promise<Ended> {
  const words = ['-u', user, '--', process.execPath, join(checkout, 'bin', program), '-c', fleet.folder.at('master')];
  const { spawn } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: `/home/${user}`, NO_COLOR: '1', BRINE_FLEET: fleet.folder.path };
    const child = spawn('runuser', [...words, ...args], { env, cwd: '/' });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
    child.stdin.end(input);
  });
}

describe('local users whom publisher_acl names', () => {
  it('run what they are allowed, through a socket that nobody else can use', async () => {
    expect(await runAs(limited, 'salt', ['web1', 'test.ping', '--out', 'json', '--static'])).toMatchObject({
      ...{ status: 0, stdout: '{\n    "web1": true\n}\n' },
    });
    const listed = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=test.ping')) as object;
    expect(Object.values(listed)).toEqual(
      expect.arrayContaining([expect.objectContaining({ User: limited })]) as unknown as unknown[],
    );
    expect((await runAs(limited, 'salt-run', ['manage.up', '--out', 'json'])).stdout).toBe('[\n    "web1"\n]\n');
    const socket = fleet.folder.at('master/var/run/salt/master/doors', `user-${limited}.sock`);
    const { mode, uid } = statSync(socket);
    expect([mode & 0o777, uid]).toEqual([0o600, Number(spawnSync('id', ['-u', limited], { encoding: 'utf8' }).stdout)]);
  });

  it.each<[string, string, readonly string[]]>([
    ['another function', 'salt', ['web1', 'cmd.run', 'id']],
    ['a function beside one that is allowed', 'salt', ['web1', 'test.ping,cmd.run', ',', 'id']],
    ['a state', 'salt', ['web1', 'state.single', 'cmd.run', 'id']],
    ['another runner', 'salt-run', ['jobs.list_jobs']],
    ['events', 'salt-run', ['state.event', 'count=1']],
    ['keys', 'salt-key', ['-L']],
    ['deleting keys', 'salt-key', ['-d', 'web1', '-y']],
  ])('may not run %s', async (_name, program, args) => {
    const { status, stderr } = await runAs(limited, program, args);
    expect(status).toBe(1);
    expect(stderr).toContain(`${limited} may not run`);
  });

  it('are the only ones: others reach nothing without a login', async () => {
    const { status, stdout, stderr } = await runAs(stranger, 'salt', ['web1', 'test.ping']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('others log in with --auth');
    const socket = fleet.folder.at('master/var/run/salt/master/doors', `user-${limited}.sock`);
    const script = `require('net').connect(${JSON.stringify(socket)}).on('error', e => console.log(e.code)).on('connect', () => console.log('in'))`;
    const tried = spawnSync('runuser', ['-u', stranger, '--', process.execPath, '-e', script], {
      encoding: 'utf8',
      cwd: '/',
    });
    expect(tried.stdout).toBe('EACCES\n');
  });

  it('cannot make themselves somebody else by what they send', async () => {
    const path = fleet.folder.at('master/var/run/salt/master/doors', `user-${limited}.sock`);
    const answer = await post(path, {
      target: { expression: 'web1' },
      function: 'cmd.run',
      positional: ['id'],
      user: 'root',
    });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'job-refused' } } });
  });
});

async function post(socketPath: string, body: unknown, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const outgoing = request(
      { socketPath, path: '/v1/jobs', method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

describe('logins on the command line', () => {
  it('are asked for and judged', async () => {
    const ping = ['-a', 'file', 'web1', 'test.ping', '--out', 'json', '--static'];
    expect(await runAs(stranger, 'salt', ping, 'bob\npw-bob\n')).toMatchObject({
      status: 0,
      stdout: '{\n    "web1": true\n}\n',
    });
    const given = ['--auth', 'file', '--username', 'bob', '--password', 'pw-bob'];
    const refused = await runAs(stranger, 'salt', [...given, 'web1', 'cmd.run', 'id']);
    expect([refused.status, refused.stderr]).toEqual([1, "salt: bob may not run cmd.run on 'web1'\n"]);
    const echo = ['web1', 'cmd.run', 'echo hi'];
    expect((await runAs(stranger, 'salt', [...given, ...echo])).stdout).toBe('web1:\n    hi\n');
    const elsewise = await runAs(stranger, 'salt', [...given, ...echo, 'env={BASH_ENV: /tmp/x}']);
    expect([elsewise.status, elsewise.stderr]).toEqual([1, "salt: bob may not run cmd.run on 'web1'\n"]);
    const wrong = await runAs(stranger, 'salt', [...ping], 'bob\nwrong\n');
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('Could not authenticate using provided credentials');
  });

  it('hold for root too who asks for one', async () => {
    const args = ['-a', 'file', '--username', 'bob', '--password', 'pw-bob', 'web1', 'test.version'];
    expect(await fleet.run('salt', ...args)).toMatchObject({ status: 1, stdout: '' });
  });

  it('are kept with -T for later commands, readable for their owner alone', async () => {
    const file = `/home/${stranger}/.salt_token`;
    const args = ['-a', 'file', '-T', '--username', 'ada', '--password', 'pw-ada', 'web1', 'test.ping'];
    expect((await runAs(stranger, 'salt', args)).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await runAs(stranger, 'salt', ['web1', 'test.ping'])).toMatchObject({ status: 0 });
    expect(await runAs(stranger, 'salt-key', ['-L', '--out', 'json'])).toMatchObject({ status: 0 });
    expect((await runAs(stranger, 'salt-run', ['manage.up'])).status).toBe(0);
    await fleet.run('salt-run', 'auth.revoke_logins', 'ada');
    const { status, stderr } = await runAs(stranger, 'salt', ['web1', 'test.ping']);
    expect([status, stderr]).toEqual([1, 'salt: log in first, or bring a token that is valid\n']);
  });

  it('are needed for -T', async () => {
    expect(await fleet.run('salt', '-T', 'web1', 'test.ping')).toMatchObject({ status: 64 });
  });
});

describe('everybody', () => {
  it('is held to the blacklist, the owner too', async () => {
    const { status, stderr } = await fleet.run('salt', 'web1', 'cmd.script', 'salt://x.sh');
    expect(status).toBe(1);
    expect(stderr).toContain("may not run cmd.script on 'web1'");
  });

  it('is in the audit log, passwords and tokens are not', async () => {
    const path = fleet.folder.at('master/var/log/salt/audit');
    expect(existsSync(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toMatch(/pw-ada|pw-bob|[^"0-9a-f][0-9a-f]{64}[^"0-9a-f]/);
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          what: 'job',
          user: limited,
          via: 'local',
          allowed: false,
          fun: 'cmd.run',
          target: 'glob:web1',
        }),
        expect.objectContaining({ what: 'login', user: 'bob', eauth: 'file', allowed: false }),
        expect.objectContaining({ what: 'wheel', user: 'ada', via: 'external', allowed: true, fun: 'key.list_all' }),
      ]) as unknown as unknown[],
    );
  });

  it('finds no token on the disk of the master', async () => {
    writeFileSync(fleet.folder.at('marker'), '');
    const found = spawnSync('grep', ['-rlE', 'pw-bob', fleet.folder.at('master/var')], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
  });
});
