import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  fleet.folder.write('pillar/top.sls', "base:\n  'web2':\n    - role\n");
  fleet.folder.write('pillar/role.sls', 'role: backend\n');
  await fleet.startMaster({
    peer: { 'web[1]': ['test.*', 'schedule.add', { web2: ['grains.get'] }] },
    peer_run: { web1: ['manage.up', 'salt.execute', 'salt.cmd', 'test.metasyntactic'] },
  });
  await fleet.join('web1', 'web2');
  await fleet.run('salt', '*', 'saltutil.refresh_pillar', 'wait=True');
});

afterAll(async () => {
  await fleet.end();
});

async function ask(minion: string, ...words: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await fleet.run('salt', '--out', 'json', '--static', minion, ...words);
  if (!stdout.startsWith('{')) throw new Error(stdout + stderr);
  return (JSON.parse(stdout) as Record<string, unknown>)[minion];
}

describe('a minion that peer allows', () => {
  it('has others run functions, with arguments, and reads what they answer', async () => {
    expect(await ask('web1', 'publish.publish', '*', 'test.ping')).toEqual({ web1: true, web2: true });
    expect(await ask('web1', 'publish.publish', 'web2', 'test.arg', "['a', '1', 'x=2']")).toEqual({
      web2: { args: ['a', 1], kwargs: { x: 2 } },
    });
    expect(await ask('web1', 'publish.full_data', 'web2', 'test.echo', 'hello')).toEqual({ web2: { ret: 'hello' } });
    expect(await ask('web1', 'publish.publish', 'web2', 'test.ping,test.echo', "['', 'hello']")).toEqual({
      web2: { 'test.ping': true, 'test.echo': 'hello' },
    });
    const call = await fleet.call('web1', '--out', 'json', 'publish.publish', 'web2', 'test.ping');
    expect(JSON.parse(call.stdout)).toEqual({ local: { web2: true } });
  });

  it('finds others by whole pillar values only, and nobody where nobody is', async () => {
    const by = (value: string) => ask('web1', 'publish.publish', `role:${value}`, 'test.ping', '', 'pillar');
    expect(await by('backend')).toEqual({ web2: true });
    expect(await by('back*')).toEqual({});
    expect(await ask('web1', 'publish.publish', 'nobody', 'test.ping')).toEqual({});
  });

  it('is held to the functions and minions that are named', async () => {
    expect(await ask('web1', 'publish.publish', 'web2', 'grains.get', 'id')).toEqual({ web2: 'web2' });
    expect(await ask('web1', 'publish.publish', '*', 'grains.get', 'id')).toEqual({});
    expect(await ask('web1', 'publish.publish', '*', 'cmd.run', 'id')).toEqual({});
    expect(await ask('web1', 'publish.publish', '*', 'test.ping,cmd.run', "['', 'id']")).toEqual({});
    expect(await ask('web1', 'publish.publish', '*', 'publish.publish', "['*', 'test.ping']")).toEqual({});
    expect(await ask('web2', 'publish.publish', '*', 'test.ping')).toEqual({});
    const decisions = readFileSync(fleet.folder.at('master/var/log/salt/audit'), 'utf8').trim().split('\n');
    const refused = decisions
      .map((line) => JSON.parse(line) as object)
      .filter((one) => !('allowed' in one && one.allowed));
    expect(refused).toContainEqual(expect.objectContaining({ user: 'web2', via: 'minion', fun: 'test.ping' }));
  });

  it('runs the runners that are named, which may do no more than it may itself', async () => {
    const run = (...words: readonly string[]) => ask('web1', 'publish.runner', ...words);
    expect(await run('manage.up')).toEqual(['web1', 'web2']);
    expect(await run('test.metasyntactic', 'arg=locality=uk')).toEqual(expect.arrayContaining(['wibble']));
    expect(await run('salt.execute', "['web2', 'grains.get', ['id']]")).toEqual({ web2: 'web2' });
    expect(await run('salt.execute', "['web2', 'cmd.run', ['id']]")).toEqual({});
    expect(await run('salt.cmd', "['cmd.run', 'id']")).toEqual({});
    expect(await run('salt.cmd', "['test.echo', 'hi']")).toBe('hi');
    expect(await run('jobs.list_jobs')).toEqual({});
    expect(await ask('web2', 'publish.runner', 'manage.up')).toEqual({});
  });

  it('copies and moves jobs of its schedule', async () => {
    await ask('web1', 'schedule.add', 'nightly', 'function=test.ping', 'hours=8');
    expect(await ask('web1', 'schedule.copy', 'nightly', 'web2')).toEqual({
      comment: 'Copied Job nightly from schedule to minion(s).',
      result: true,
      minions: ['web2'],
    });
    expect(await ask('web2', 'schedule.is_enabled', 'nightly')).toMatchObject({ function: 'test.ping', hours: 8 });
    await ask('web2', 'schedule.delete', 'nightly');
    expect(await ask('web1', 'schedule.move', 'nightly', 'web2')).toMatchObject({
      comment: 'Moved Job nightly from schedule.',
      minions: ['web2'],
    });
    expect(await ask('web1', 'schedule.is_enabled', 'nightly')).toEqual({});
    expect(await ask('web2', 'schedule.is_enabled', 'nightly')).toMatchObject({ hours: 8 });
  });
});
