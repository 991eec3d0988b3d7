import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let minion: Daemon;

beforeAll(async () => {
  fleet = await createFleet();
  fleet.folder.write('states/started.sls', `${fleet.folder.at('started')}:\n  file.managed:\n    - contents: yes\n`);
  fleet.folder.write('pillar/top.sls', "base:\n  '*':\n    - jobs\n");
  fleet.folder.write(
    'pillar/jobs.sls',
    'schedule:\n  from_pillar:\n    function: test.echo\n    args: [pillar]\n    seconds: 86400\n',
  );
  await fleet.startMaster();
  [minion] = (await fleet.join('web1')) as [Daemon];
});

afterAll(async () => {
  await fleet.end();
});

/** What one of the functions of `schedule` answers. */
async function ask(fun: string, ...args: readonly string[]): Promise<unknown> {
  const answer = (await fleet.json('salt', '--static', 'web1', `schedule.${fun}`, ...args)) as {
    readonly web1: unknown;
  };
  return answer.web1;
}

/** The jobs of a function that the master keeps, with what web1 returned. */
async function kept(fun: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const jobs = (await fleet.json('salt-run', 'jobs.list_jobs', `search_function=${fun}`)) as object;
  return Promise.all(
    Object.keys(jobs).map(
      async (jid) => (await fleet.json('salt-run', 'jobs.list_job', jid)) as Readonly<Record<string, unknown>>,
    ),
  );
}

const job = ['function=test.echo', "job_args=['hello']", 'days=1', 'metadata={"team": "web"}'];

describe('the schedule of a minion', () => {
  it('takes a job on, runs it and tells the master', async () => {
    expect(await ask('add', 'greet', ...job, 'test=True')).toMatchObject({
      comment: 'Job: greet would be added to schedule.',
    });
    expect(await ask('add', 'greet', ...job)).toEqual({
      comment: 'Added job: greet to schedule.',
      result: true,
      changes: { greet: 'added' },
    });
    expect(await ask('add', 'greet', ...job)).toMatchObject({ result: false });
    const mark = minion.mark();
    expect(await ask('run_job', 'greet')).toEqual({ comment: 'Scheduling Job greet on minion.', result: true });
    await minion.logged('job ended', { fun: 'test.echo' }, mark);
    await fleet.json('salt', '--static', 'web1', 'test.ping');
    expect(await kept('test.echo')).toMatchObject([
      {
        Function: 'test.echo',
        Arguments: ['hello'],
        User: 'schedule',
        Minions: ['web1'],
        Result: { web1: { return: 'hello', retcode: 0, success: true } },
        Status: { web1: 'ok' },
      },
    ]);
  });

  it('shows its jobs, also those of the pillar, which it does not change', async () => {
    await fleet.json('salt', '--static', 'web1', 'saltutil.refresh_pillar');
    expect(await ask('list', 'return_yaml=False')).toEqual({
      from_pillar: { function: 'test.echo', args: ['pillar'], seconds: 86_400, enabled: true, name: 'from_pillar' },
      greet: {
        ...{ function: 'test.echo', args: ['hello'], days: 1, metadata: { team: 'web' }, maxrunning: 1 },
        ...{ name: 'greet', enabled: true, jid_include: true },
      },
    });
    expect(await ask('delete', 'from_pillar')).toEqual({
      comment: 'Failed to delete job from_pillar from schedule.',
      result: false,
      changes: {},
    });
    expect(await ask('show_next_fire_time', 'from_pillar')).toMatchObject({
      result: true,
      next_fire_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
    });
  });

  it('switches jobs and keeps what was changed over a restart', async () => {
    expect(await ask('disable_job', 'greet')).toMatchObject({ comment: 'Disabled Job greet in schedule.' });
    expect(await ask('run_job', 'greet')).toMatchObject({ comment: 'Job greet is disabled.' });
    await minion.stop();
    minion = fleet.startMinion('web1', { startup_states: 'sls', sls_list: ['started'] });
    await minion.logged('job ended', { fun: 'state.sls' });
    expect(readFileSync(fleet.folder.at('started'), 'utf8')).toBe('True\n');
    expect(await ask('is_enabled', 'greet')).toMatchObject({ function: 'test.echo', enabled: false });
    expect(await ask('enable_job', 'greet')).toMatchObject({ changes: { greet: 'enabled' } });
  });

  it('is described by states', async () => {
    fleet.folder.write(
      'states/jobs.sls',
      'clean:\n  schedule.present:\n    - function: test.ping\n    - cron: "0 3 * * *"\n' +
        'greet:\n  schedule.absent: []\n',
    );
    const run = async (...args: readonly string[]): Promise<unknown[]> => {
      const answer = (await fleet.json('salt', '--static', 'web1', 'state.apply', 'jobs', ...args)) as {
        readonly web1: Readonly<Record<string, { readonly result: unknown; readonly comment: unknown }>>;
      };
      return Object.values(answer.web1).map(({ result, comment }) => [result, comment]);
    };
    expect(await run('test=True')).toEqual([
      [null, 'Job: clean would be added to schedule.'],
      [null, 'Job: greet would be deleted from schedule.'],
    ]);
    expect(await run()).toEqual([
      [true, 'Adding new job clean to schedule'],
      [true, 'Removed job greet from schedule'],
    ]);
    expect(await run()).toEqual([
      [true, 'Job clean in correct state'],
      [true, 'Job greet not present in schedule'],
    ]);
    expect(await ask('purge')).toMatchObject({ changes: { clean: 'removed' } });
  });

  it('runs jobs while the master is away, and reports them in their order when it is back', async () => {
    await ask('add', 'tick', 'function=test.version', 'seconds=1');
    await fleet.master().stop();
    const mark = minion.mark();
    const ran: unknown[] = [];
    for (let last = mark; ran.length < 3; last = minion.mark()) {
      ran.push((await minion.logged('job ended', { fun: 'test.version' }, last))['jid']);
    }
    await fleet.startMaster();
    await minion.logged('connected to the master', {}, mark);
    await ask('delete', 'tick');
    const listed = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=test.version')) as object;
    expect(Object.keys(listed)).toEqual(expect.arrayContaining(ran));
    const events = fleet.folder.at('web1', 'minion.d', '_schedule.conf');
    expect(readFileSync(events, 'utf8')).not.toContain('tick');
  });
});

describe('the schedule of a master', () => {
  it('runs runners, and tells its event bus', async () => {
    await fleet.master().stop();
    const master = await fleet.startMaster({
      schedule: {
        look: { function: 'manage.status', days: 1, run_on_start: true },
        wrong: { function: 'manage.nothing', days: 1, run_on_start: true },
      },
    });
    expect(await master.logged('scheduled job ended', { job: 'look' })).toMatchObject({ retcode: 0 });
    expect(await master.logged('scheduled job failed', { job: 'wrong' })).toMatchObject({ fun: 'manage.nothing' });
  });
});
