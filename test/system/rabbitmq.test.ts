import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain, toValue, type Plain } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { createRealRun, settle } from './run-state.ts';

const programs = '/usr/lib/rabbitmq/bin';
const isInstalled = process.getuid?.() === 0 && existsSync(programs);
if (!isInstalled) console.warn('RabbitMQ was NOT tested: there is no rabbitmq-server, or the tests do not run as root');

describe.skipIf(!isInstalled)('RabbitMQ', () => {
  const before = { ...process.env };
  let folder = '';
  let broker: ChildProcess;

  // A node of its own, with a port mapper of its own: whatever broker the machine has is left alone.
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-rabbitmq-'));
    mkdirSync(join(folder, 'home'));
    writeFileSync(join(folder, 'env'), '');
    writeFileSync(join(folder, 'plugins'), '[].\n');
    const [epmd, port, distribution] = [await freePort(), await freePort(), await freePort()];
    Object.assign(process.env, {
      PATH: `${programs}:${before['PATH']}`,
      HOME: join(folder, 'home'),
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_RELAXED_COMMAND_CHECK: 'true',
      ERL_CRASH_DUMP_SECONDS: '0',
      RABBITMQ_NODENAME: 'brine@localhost',
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'env'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
    });
    broker = spawn('rabbitmq-server', [], { stdio: 'ignore', detached: true });
    const command = ['rabbitmqctl', '--timeout', '280', 'wait', join(folder, 'pid')];
    const { exitCode, stderr } = await createRealRun().host.run({ command });
    if (exitCode !== 0) throw new Error(`the broker did not start: ${stderr}`);
  }, 300_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => broker.once('exit', resolve));
    if (broker.pid !== undefined) process.kill(-broker.pid, 'SIGKILL');
    await ended;
    await createRealRun().host.run({ command: ['epmd', '-kill'] });
    process.env = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) => {
    const named = new Map(Object.entries(keyword).map(([key, value]) => [key, toValue(value)]));
    return toPlain(await createRealRun().call(name, positional.map(toValue), named));
  };

  it('has virtual hosts, accounts, policies and upstreams, and loses them again', { timeout: 600_000 }, async () => {
    await settle('rabbitmq_vhost.present', { name: 'shop' });
    await settle('rabbitmq_user.present', {
      name: 'app',
      password: 'it\'s "secret"',
      tags: ['monitoring', 'policymaker'],
      perms: [{ shop: ['.*', '^out', ''] }],
    });
    expect(await call('rabbitmq.check_password', ['app', 'it\'s "secret"'])).toBe(true);
    expect(await call('rabbitmq.list_user_permissions', ['app'])).toEqual({
      shop: { configure: '.*', write: '^out', read: '' },
    });
    await settle('rabbitmq_user.present', { name: 'app', password: 'another', tags: ['management'] });
    expect(await call('rabbitmq.list_users')).toMatchObject({ app: ['management'] });
    expect(await call('rabbitmq.check_password', ['app', 'it\'s "secret"'])).toBe(false);

    const policy = { name: 'expire', vhost: 'shop', pattern: '^tmp\\.', apply_to: 'queues' };
    await settle('rabbitmq_policy.present', { ...policy, definition: '{"expires": 60000}' });
    await settle('rabbitmq_policy.present', { ...policy, definition: '{"expires": 90000}', priority: 2 });
    expect(await call('rabbitmq.list_policies', ['shop'])).toMatchObject({
      shop: { expire: { pattern: '^tmp\\.', definition: '{"expires":90000}', priority: '2' } },
    });

    await settle('rabbitmq_policy.absent', { name: 'expire', vhost: 'shop' });
    await settle('rabbitmq_user.absent', { name: 'app' });
    await settle('rabbitmq_vhost.absent', { name: 'shop' });
    expect(await call('rabbitmq.list_vhosts')).toEqual(['/']);
    expect(await call('rabbitmq.user_exists', ['app'])).toBe(false);
  });

  it('has plugins, and with them upstreams of federation', { timeout: 600_000 }, async () => {
    await settle('rabbitmq_plugin.enabled', { name: 'rabbitmq_federation' });
    expect(await call('rabbitmq.plugin_is_enabled', ['rabbitmq_federation'])).toBe(true);
    await settle('rabbitmq_upstream.present', { name: 'west', uri: 'amqp://west.example.org', ack_mode: 'on-confirm' });
    expect(await call('rabbitmq.upstream_exists', ['west'])).toBe(true);
    await settle('rabbitmq_upstream.absent', { name: 'west' });
    await settle('rabbitmq_plugin.disabled', { name: 'rabbitmq_federation' });
  });

  it('does the same through functions', { timeout: 600_000 }, async () => {
    await call('rabbitmq.add_vhost', ['orders']);
    expect(await call('rabbitmq.vhost_exists', ['orders'])).toBe(true);
    await call('rabbitmq.add_user', ['clerk', 'one']);
    await call('rabbitmq.change_password', ['clerk', 'two']);
    expect(await call('rabbitmq.check_password', ['clerk', 'two'])).toBe(true);
    expect(await call('rabbitmq.list_queues_vhost', ['orders'])).toEqual({});
    await call('rabbitmq.delete_user', ['clerk']);
    await call('rabbitmq.delete_vhost', ['orders']);
    expect(await call('rabbitmq.list_users')).toEqual({ guest: ['administrator'] });
  });
});
