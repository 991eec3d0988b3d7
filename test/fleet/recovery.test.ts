import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';
import { createHeldCommand, type HeldCommand } from './held-command.ts';
import type { RunningProgram } from './running-program.ts';

let fleet: Fleet;
let minion: Daemon;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  const [started] = await fleet.join('web1');
  if (started === undefined) throw new Error('no minion');
  minion = started;
});

afterAll(async () => {
  await fleet.end();
});

/** Starts a held command on the minion and waits until it runs there. */
async function begin(command: HeldCommand): Promise<{ readonly salt: RunningProgram; readonly jid: string }> {
  const mark = minion.mark();
  const salt = fleet.start('salt', 'master', ['web1', 'cmd.run', command.line]);
  const { jid } = await minion.logged('job started', { fun: 'cmd.run' }, mark);
  await command.begun();
  return { salt, jid: String(jid) };
}

/** Where a job stands on the minion, and what it returned. */
async function standing(jid: string): Promise<unknown> {
  const { Status, Result } = (await fleet.json('salt-run', 'jobs.list_job', jid)) as Readonly<Record<string, unknown>>;
  return { Status, Result };
}

describe('a fleet whose daemons die', () => {
  it('ends a job well, and runs it once, when the master is killed meanwhile', async () => {
    const command = createHeldCommand(fleet.folder, 'master-killed');
    const { salt, jid } = await begin(command);
    const mark = minion.mark();
    await fleet.master().stop('SIGKILL');
    const { status, stdout, stderr } = await salt.ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(jid);
    expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+/m);
    await fleet.startMaster();
    await minion.logged('connected to the master', {}, mark);
    const follower = fleet.start('salt-run', 'master', ['jobs.follow', jid]);
    await command.release();
    const followed = await follower.ended;
    expect(followed.stdout).toContain('web1:\n    let go\n');
    expect(followed.status).toBe(0);
    expect(await standing(jid)).toEqual({
      Status: { web1: 'ok' },
      Result: { web1: { return: 'let go', retcode: 0, success: true } },
    });
    expect(command.timesBegun()).toBe(1);
  });

  it('calls a job interrupted when the minion is killed meanwhile, and does not run it again', async () => {
    const command = createHeldCommand(fleet.folder, 'minion-killed');
    const { salt, jid } = await begin(command);
    await minion.stop('SIGKILL');
    minion = fleet.startMinion('web1');
    const { status, stdout, stderr } = await salt.ended;
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: 'web1:\n    The job did not end by itself: the minion ended while it ran.\n',
      stderr: 'ERROR: Minions returned with non-zero exit code\n',
    });
    expect(await standing(jid)).toMatchObject({ Status: { web1: 'interrupted' } });
    expect(command.timesBegun()).toBe(1);
  });

  it('is whole again after each side was stopped and started in good order', async () => {
    await minion.stop();
    minion = fleet.startMinion('web1');
    await minion.logged('connected to the master');
    expect(await fleet.json('salt', '--static', '*', 'test.ping')).toEqual({ web1: true });
    const mark = minion.mark();
    await fleet.master().stop();
    await fleet.startMaster();
    await minion.logged('connected to the master', {}, mark);
    expect(await fleet.json('salt', '--static', '*', 'test.ping')).toEqual({ web1: true });
  });

  it('names a minion that is away, with status 1', async () => {
    await minion.stop();
    expect(await fleet.run('salt', '-t', '1', 'web1', 'test.ping')).toEqual({
      status: 1,
      stdout: 'web1:\n    Minion did not return. [Not connected]\n',
      stderr: 'ERROR: 1 of 1 minions did not return: web1\n',
    });
  });

  it('hands a job to a minion that comes back in time, and not one that has run out', async () => {
    const mark = fleet.master().mark();
    const salt = fleet.start('salt', 'master', ['-t', '60', '--out', 'json', 'web1', 'test.echo', 'late']);
    await fleet.master().logged('job accepted', { fun: 'test.echo' }, mark);
    minion = fleet.startMinion('web1');
    const { status, stdout } = await salt.ended;
    expect({ status, answer: JSON.parse(stdout) as unknown }).toEqual({ status: 0, answer: { web1: 'late' } });
    const pings = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=test.ping')) as object;
    expect(await standing(Object.keys(pings).toSorted().at(-1) ?? '')).toEqual({
      Status: { web1: 'expired' },
      Result: {},
    });
  });
});
