import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let minion: Daemon;
const read = 'configuration was read again';
const kept = 'configuration was not read again; the one before stays';

beforeAll(async () => {
  fleet = await createFleet();
  fleet.folder.write('states/where.txt', 'the old root\n');
  fleet.folder.write('other/where.txt', 'the new root\n');
  fleet.folder.write('pillar/top.sls', "base: {'*': [data]}\n");
  fleet.folder.write('pillar/data.sls', 'from: the old pillar\n');
  fleet.folder.write('newpillar/top.sls', "base: {'*': [data]}\n");
  fleet.folder.write('newpillar/data.sls', 'from: the new pillar\n');
  await fleet.startMaster({ nodegroups: { ours: 'web1' } });
  const [started] = await fleet.join('web1');
  if (started === undefined) throw new Error('no minion');
  minion = started;
});

afterAll(async () => {
  await fleet.end();
});

/** Hangs a daemon up and answers what it logs then. */
async function hangUp(daemon: Daemon, message: string): Promise<Readonly<Record<string, unknown>>> {
  const mark = daemon.mark();
  daemon.signal('SIGHUP');
  return daemon.logged(message, {}, mark);
}

/** Whether a daemon has logged something since a mark. */
async function isLogged(daemon: Daemon, message: string, mark: number): Promise<boolean> {
  const logged = daemon.logged(message, {}, mark).then(
    () => true,
    () => false,
  );
  return Promise.race([logged, new Promise<boolean>((resolve) => void setImmediate(resolve, false))]);
}

describe('a master that is hung up', () => {
  it('takes over nodegroups, file roots, pillar and rules for keys, and no minion reconnects', async () => {
    expect(await fleet.json('salt', '--static', 'web1', 'pillar.item', 'from')).toEqual({
      web1: { from: 'the old pillar' },
    });
    const master = fleet.master();
    const mark = master.mark();
    fleet.folder.configureMaster({
      ...{ nodegroups: { theirs: 'web*' }, auto_accept: true, presence_events: true },
      ...{ file_roots: { base: [fleet.folder.at('other')] }, pillar_roots: { base: [fleet.folder.at('newpillar')] } },
    });
    expect((await hangUp(master, read))['changed']).toEqual([
      ...['auto_accept', 'file_roots', 'nodegroups', 'pillar_roots'],
    ]);
    await master.logged('changes of the configuration wait for a restart', {}, mark);
    expect(await fleet.json('salt', '--static', '-N', 'theirs', 'cp.get_file_str', 'salt://where.txt')).toEqual({
      web1: 'the new root\n',
    });
    expect((await fleet.run('salt', '-N', 'ours', 'test.ping')).stderr).toContain('ours');
    await fleet.json('salt', '--static', 'web1', 'saltutil.refresh_pillar');
    expect(await fleet.json('salt', '--static', 'web1', 'pillar.item', 'from')).toEqual({
      web1: { from: 'the new pillar' },
    });
    const newcomer = fleet.startMinion('web2');
    await newcomer.logged('connected to the master');
    expect(await isLogged(master, 'minion disconnected', mark)).toBe(false);
  });

  it('keeps what it has when the file cannot be used, all of it', async () => {
    fleet.folder.configureMaster({ nodegroups: { ours: 'web*' }, reactor: ['no rule'] });
    expect(String((await hangUp(fleet.master(), kept))['problem'])).toContain('reactor');
    const broken = fleet.folder.write('master/master.d/broken.conf', 'nodegroups: [unclosed\n');
    expect(String((await hangUp(fleet.master(), kept))['problem'])).toMatch(/broken\.conf:\d+:\d+/);
    // The programs read the file too.
    rmSync(broken);
    expect((await fleet.run('salt', '-N', 'ours', 'test.ping')).stderr).toContain('ours');
    expect(await fleet.json('salt', '--static', '-N', 'theirs', 'test.ping')).toEqual({ web1: true, web2: true });
  });

  it('logs at another level, to a file that is opened anew', async () => {
    const { folder } = fleet;
    const log = folder.at('master/var/log/salt/master');
    renameSync(log, `${log}.1`);
    folder.configureMaster({ nodegroups: { theirs: 'web*' }, auto_accept: true });
    await hangUp(fleet.master(), read);
    expect(await fleet.run('salt', 'web1', 'test.ping')).toMatchObject({ status: 0 });
    expect(existsSync(log)).toBe(true);
    expect(readFileSync(log, 'utf8')).toContain(read);
    expect(readFileSync(`${log}.1`, 'utf8')).not.toContain('"changed":["file_roots","pillar_roots"]');
  });
});

describe('a minion that is hung up', () => {
  it('runs the next job with what is written now, without a new session', async () => {
    const mark = minion.mark();
    fleet.folder.configureMinion('web1', {
      'my.own': 'told later',
      schedule: { once: { function: 'test.ping', seconds: 9999 } },
    });
    expect((await hangUp(minion, read))['changed']).toEqual(['my.own', 'schedule']);
    expect(await fleet.json('salt', '--static', 'web1', 'config.get', 'my.own')).toEqual({ web1: 'told later' });
    const listed = await fleet.json('salt', '--static', 'web1', 'schedule.list', 'return_yaml=False');
    expect(listed).toMatchObject({ web1: { once: { function: 'test.ping' } } });
    fleet.folder.configureMinion('web1', { master_port: 1 });
    await hangUp(minion, 'changes of the configuration wait for a restart');
    expect(await fleet.json('salt', '--static', 'web1', 'config.get', 'my.own')).toEqual({ web1: '' });
    expect(await fleet.run('salt', 'web1', 'test.ping')).toMatchObject({ status: 0 });
    expect(await isLogged(minion, 'connected to the master', mark)).toBe(false);
  });

  it('keeps what it has when the file cannot be used', async () => {
    fleet.folder.write('web1/minion', 'id: [web1\n');
    expect(String((await hangUp(minion, kept))['problem'])).toMatch(/web1\/minion:\d+:\d+/);
    expect(await fleet.run('salt', 'web1', 'test.ping')).toMatchObject({ status: 0 });
  });
});
