import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';
import { createHeldCommand, type HeldCommand } from './held-command.ts';
import type { RunningProgram } from './running-program.ts';
import { watchEvents } from './watch-events.ts';

let fleet: Fleet;
let minion: Daemon;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  const [started] = await fleet.join('web1');
  if (started === undefined) throw new Error('no minion');
  minion = started;
}, 400_000);

afterAll(async () => {
  await fleet.end();
});

async function begin(command: HeldCommand): Promise<{ readonly salt: RunningProgram; readonly jid: string }> {
  const mark = minion.mark();
  const salt = fleet.start('salt', 'master', ['web1', 'cmd.run', command.line]);
  const { jid } = await minion.logged('job started', { fun: 'cmd.run' }, mark);
  await command.begun();
  return { salt, jid: String(jid) };
}

describe('jobs', () => {
  it('are listed and looked up afterwards', async () => {
    await fleet.run('salt', 'web1', 'test.arg', 'one', 'two=2');
    const listed = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=test.arg')) as Readonly<
      Record<string, object>
    >;
    const [jid = ''] = Object.keys(listed);
    const shown = {
      Arguments: ['one', { __kwarg__: true, two: 2 }],
      Function: 'test.arg',
      StartTime: expect.stringMatching(/^\d{4}, [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{6}$/) as string,
      Target: 'web1',
      'Target-type': 'glob',
      User: expect.any(String) as string,
    };
    expect(listed).toEqual({ [jid]: shown });
    expect(await fleet.json('salt-run', 'jobs.lookup_jid', jid)).toEqual({
      web1: { args: ['one'], kwargs: { two: 2 } },
    });
    expect(await fleet.json('salt-run', 'jobs.print_job', jid)).toMatchObject({
      [jid]: { ...shown, jid, Minions: ['web1'], Status: { web1: 'ok' } },
    });
  });

  it('can be cancelled; what they started is ended too', async () => {
    const command = createHeldCommand(fleet.folder, 'cancelled');
    const { salt, jid } = await begin(command);
    expect(await fleet.json('salt-run', 'jobs.active')).toMatchObject({ [jid]: { Running: [{ web1: 'running' }] } });
    expect(await fleet.json('salt-run', 'jobs.cancel', jid)).toEqual({ cancelled: ['web1'] });
    const { status, stdout } = await salt.ended;
    expect(status).toBe(1);
    expect(stdout).toContain('web1:\n');
    expect(await fleet.json('salt-run', 'jobs.list_job', jid)).toMatchObject({ Status: { web1: 'cancelled' } });
    expect(await fleet.json('salt-run', 'jobs.active')).toEqual({});
  });

  it('go on when the watching is interrupted, and can be followed again', async () => {
    const command = createHeldCommand(fleet.folder, 'watched');
    const { salt, jid } = await begin(command);
    salt.signal('SIGINT');
    const { status, stdout, stderr } = await salt.ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(stderr).toContain(`The job goes on as ${jid}.`);
    const follower = fleet.start('salt-run', 'master', ['jobs.follow', jid]);
    await command.release();
    expect((await follower.ended).stdout).toContain('web1:\n    let go\n');
    expect(command.timesBegun()).toBe(1);
  });

  it('that are submitted with --async print their id and run', async () => {
    const mark = minion.mark();
    const { stdout, status } = await fleet.run('salt', '--async', 'web1', 'test.echo', 'later');
    expect(status).toBe(0);
    const jid = /^Executed command with job ID: (\d{20})\n$/.exec(stdout)?.[1] ?? '';
    await minion.logged('job ended', { jid, status: 'ok' }, mark);
    const followed = await fleet.run('salt-run', 'jobs.follow', jid);
    expect(followed.stdout).toContain('web1:\n    later\n');
  });

  it('show on the event bus under Salt’s tags', async () => {
    const watcher = await watchEvents(fleet);
    await fleet.run('salt', 'web1', 'test.echo', 'heard');
    const created = JSON.parse(await payload(watcher, /^salt\/job\/\d{20}\/new\t/)) as Readonly<
      Record<string, unknown>
    >;
    expect(created).toMatchObject({ tgt: 'web1', fun: 'test.echo', arg: ['heard'], minions: ['web1'] });
    const returned = JSON.parse(await payload(watcher, /^salt\/job\/\d{20}\/ret\/web1\t/)) as unknown;
    expect(returned).toMatchObject({
      ...{ id: 'web1', jid: created['jid'], fun: 'test.echo', return: 'heard', retcode: 0, success: true },
    });
    watcher.signal('SIGINT');
    expect((await watcher.ended).stderr).toBe('');
  });

  it('end in one status, which `salt`, the event bus and the job store tell alike', async () => {
    const watcher = await watchEvents(fleet);
    for (const [command, status] of [
      ['exit 0', 'ok'],
      ['exit 1', 'failed'],
    ] as const) {
      const ended = await fleet.run('salt', '--show-jid', 'web1', 'cmd.run', command);
      const jid = /\b\d{20}\b/.exec(`${ended.stdout}${ended.stderr}`)?.[0] ?? expect.fail(ended.stdout);
      expect(ended.status === 0).toBe(status === 'ok');
      const told = JSON.parse(await payload(watcher, new RegExp(`^salt/job/${jid}/ret/web1\\t`))) as unknown;
      expect(told).toMatchObject({ status, success: status === 'ok' });
      const stored = await fleet.json('salt-run', 'jobs.list_job', jid);
      expect(stored).toMatchObject({ Status: { web1: status }, Result: { web1: { success: status === 'ok' } } });
    }
    watcher.signal('SIGINT');
    await watcher.ended;
  });
});

async function payload(watcher: RunningProgram, tag: RegExp): Promise<string> {
  return (await watcher.line((line) => tag.test(line))).replace(tag, '');
}
