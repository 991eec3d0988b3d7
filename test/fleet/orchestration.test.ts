import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let minion: Daemon;

/** Counts how often a tier was brought up. */
const tally = (name: string): string => fleet.folder.at(`${name}.tally`);
const times = (name: string): number =>
  existsSync(tally(name)) ? readFileSync(tally(name), 'utf8').trim().split('\n').length : 0;
const tiers = ['database', 'application', 'front'] as const;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  for (const name of ['database', 'front', 'local']) {
    folder.write(`states/${name}.sls`, `${name}-up:\n  cmd.run:\n    - name: echo up >> ${tally(name)}\n`);
  }
  folder.write(
    'states/broken.sls',
    'fine:\n  test.succeed_with_changes: []\n\nbroken:\n  test.fail_without_changes: []\n',
  );
  folder.write(
    'states/orch/tiers.sls',
    [
      "database:\n  salt.state:\n    - tgt: 'web1'\n    - sls: database",
      `application:\n  salt.function:\n    - name: cmd.run\n    - tgt: web1\n    - arg: ['echo up >> ${tally('application')}']\n    - require: [salt: database]`,
      'front:\n  salt.runner:\n    - name: state.orchestrate\n    - mods: orch.front\n    - require: [salt: application]',
      'told:\n  salt.wheel:\n    - name: key.list_all\n    - onchanges: [salt: front]\n',
    ].join('\n\n'),
  );
  folder.write('states/orch/front.sls', 'front tier:\n  salt.state:\n    - tgt: web1\n    - sls: front\n');
  folder.write(
    'states/orch/bad.sls',
    "bad:\n  salt.state:\n    - tgt: web1\n    - sls: broken\n\nnobody:\n  salt.function:\n    - name: test.ping\n    - tgt: 'none*'\n\nafter:\n  test.nop:\n    - require: [salt: bad]\n",
  );
  folder.write(
    'states/orch/local.sls',
    `here:\n  cmd.run:\n    - name: echo up >> ${tally('local')}\nagain:\n  cmd.run:\n    - name: echo up >> ${tally('again')}\n    - retryable: true\n`,
  );
  folder.write(
    'states/orch/paused.sls',
    'first:\n  test.nop: []\nsecond:\n  salt.wait_for_event:\n    - name: go/*\n    - id_list: [one, two]\n    - event_id: who\n    - timeout: 60\nthird:\n  test.nop: []\n',
  );
  folder.write(
    'states/orch/restart.sls',
    `restart:\n  salt.state:\n    - tgt: web1\n    - sls: {{ pillar['sls'] }}\n    - retryable: {{ pillar['retryable'] }}\n`,
  );
  await fleet.startMaster({ gather_job_timeout: 1 });
  // Back at once after each death of the master.
  minion = fleet.startMinion('web1', { recon_default: 50, recon_max: 200 });
  await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await minion.logged('connected to the master');
});

afterAll(async () => {
  await fleet.end();
});

type Steps = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Result and comment of each step by its id, from the answer of `state.orchestrate`. */
function told(answer: unknown): Readonly<Record<string, unknown>> {
  const { data } = answer as { readonly data: Readonly<Record<string, Steps>> };
  const [steps = {}] = Object.values(data);
  return toldOf(steps);
}

function toldOf(steps: Steps): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.values(steps).map(({ __id__, result, comment }) => [String(__id__), [result, comment]]),
  );
}

/** What the job store says of an orchestration. */
async function kept(jid: string): Promise<{ readonly Status: object; readonly Result: object }> {
  return (await fleet.json('salt-run', 'jobs.list_job', jid)) as { readonly Status: object; readonly Result: object };
}

const allGood = {
  database: [true, 'States ran successfully. Updating web1.'],
  application: [true, 'Function ran successfully. Function cmd.run ran on web1.'],
  front: [true, "Runner function 'state.orchestrate' executed."],
  told: [true, "Wheel function 'key.list_all' executed."],
};

describe('an orchestration', () => {
  it('does nothing at all in a dry run, and says what it would do', async () => {
    const answer = await fleet.json('salt-run', 'state.orchestrate', 'orch.tiers', 'test=True');
    expect(told(answer)).toEqual({
      database: [true, 'States ran successfully. No changes made to web1.'],
      application: [null, 'Function cmd.run would be executed on target web1'],
      front: [null, "Runner function 'state.orchestrate' would be executed."],
      told: [null, "Wheel function 'key.list_all' would be executed."],
    });
    expect(tiers.map(times)).toEqual([0, 0, 0]);
  });

  it('brings up three tiers in order, on minions, by a runner and by a wheel function', async () => {
    const answer = await fleet.json('salt-run', 'state.orchestrate', 'orch.tiers');
    expect(told(answer)).toEqual(allGood);
    expect(answer).toMatchObject({ outputter: 'highstate', retcode: 0 });
    expect(tiers.map(times)).toEqual([1, 1, 1]);
  });

  it('fails with the place of what failed, and shows the states of the minion below it', async () => {
    const { status, stdout } = await fleet.run('salt-run', 'state.orch', 'orch.bad');
    expect(status).toBe(1);
    expect(stdout).toMatch(/ID: bad\n[^]*Comment: Run failed on minions: web1\n[^]*Source: orch\/bad.sls:1\n/);
    expect(stdout).toMatch(/ {22}ID: broken\n[^]* {18}Source: broken.sls:4\n/);
    expect(stdout).toMatch(/ID: nobody\n[^]*Comment: No minions responded\n/);
    expect(stdout).toMatch(/ID: after\n[^]*Comment: One or more requisite failed: orch.bad.bad\n/);
  });

  it('is held before a step, seen, and let go on', async () => {
    const jid = '20260101000000000777';
    const program = fleet.start('salt-run', 'master', [
      ...['state.orchestrate', 'orch.paused', `orchestration_jid=${jid}`, '--out', 'json'],
    ]);
    const standing = async (): Promise<Readonly<Record<string, { readonly step: unknown }>>> =>
      (await fleet.json('salt-run', 'state.orchestrations')) as Readonly<Record<string, { readonly step: unknown }>>;
    while ((await standing())[jid]?.step !== 'second') await fleet.json('salt-run', 'manage.up');
    await fleet.run('salt-run', 'state.pause', jid, 'third');
    await fleet.run('salt-run', 'event.send', 'go/now', '{"who": "one"}');
    await fleet.run('salt-run', 'event.send', 'go/now', '{"who": "two"}');
    while ((await standing())[jid]?.step === 'second') await fleet.json('salt-run', 'manage.up');
    expect((await standing())[jid]).toMatchObject({ step: 'third', marks: { third: {} }, done: 2 });
    expect((await fleet.run('salt-run', 'state.resume', jid)).status).toBe(0);
    const { stdout } = await program.ended;
    expect(Object.keys(told(JSON.parse(stdout)))).toEqual(['first', 'second', 'third']);
  });
});

describe('a step whose minion is restarted in the middle', () => {
  /** A state that has its minion end in some way, once. */
  async function run(signal: string, isRetryable: boolean): Promise<unknown> {
    for (const name of ['ended', 'restarted']) rmSync(tally(name), { force: true });
    const end = `touch ${tally('ended')} && kill -${signal} ${minion.pid}${signal === 'KILL' ? ' && sleep 60' : ''}`;
    fleet.folder.write(
      'states/restart.sls',
      [
        `ends:\n  cmd.run:\n    - name: ${end}\n    - unless: test -e ${tally('ended')}`,
        `goes on:\n  cmd.run:\n    - name: echo up >> ${tally('restarted')}`,
      ].join('\n'),
    );
    const pillar = JSON.stringify({ sls: 'restart', retryable: isRetryable });
    const asked = fleet.start('salt-run', 'master', [
      ...['state.orchestrate', 'orch.restart', `pillar=${pillar}`, '--out', 'json'],
    ]);
    await minion.ended;
    // Away for longer than minions have to say whether they still work on a job: this waits twice as long for it.
    await fleet.run('salt', '-t', '2', 'web1', 'test.ping');
    minion = fleet.startMinion('web1', { recon_default: 50, recon_max: 200 });
    return told(JSON.parse((await asked.ended).stdout));
  }

  it('waits for it to come back', async () => {
    expect(await run('TERM', false)).toEqual({ restart: [true, 'States ran successfully. Updating web1.'] });
    expect(times('restarted')).toBe(1);
  });

  it('runs it there once more when the run was cut short and the step is retryable, and fails else', async () => {
    expect(await run('KILL', false)).toEqual({ restart: [false, 'Run failed on minions: web1'] });
    expect(times('restarted')).toBe(0);
    expect(await run('KILL', true)).toEqual({ restart: [true, 'States ran successfully. Updating web1.'] });
    expect(times('restarted')).toBe(1);
  });
});

/** Runs an orchestration on a master that is killed at a failpoint, starts the master again and waits for the end. */
async function survive(strike: string, mods: string): Promise<string> {
  for (const name of [...tiers, 'local', 'again']) rmSync(tally(name), { force: true });
  fleet.folder.write('master/strike', strike);
  await fleet.master().stop();
  const mark = minion.mark();
  const doomed = fleet.start('../test/fleet/killed-master.mjs', 'master', ['-l', 'info']);
  await doomed.line((line) => line.includes('"master listens"'));
  await minion.logged('connected to the master', {}, mark);
  const jid = `2026010100000000${String(1000 + survived++)}`;
  const asked = fleet.start('salt-run', 'master', ['state.orchestrate', mods, `orchestration_jid=${jid}`]);
  await doomed.ended;
  await asked.ended;
  const master = await fleet.startMaster();
  await master.logged('orchestration ended', { jid });
  return jid;
}

let survived = 0;

describe('an orchestration whose master is killed', () => {
  it.each([
    'orchestration.note.after',
    'orchestration.ended.before',
    'orchestration.ended.after 1',
    'orchestration.note.after 2',
  ])(
    'at %s goes on when it is back, and runs no step twice',
    async (strike) => {
      const jid = await survive(strike, 'orch.tiers');
      const { Result, Status } = await kept(jid);
      const [answer] = Object.values(Result) as readonly { readonly return: Steps }[];
      expect(toldOf(answer?.return ?? {})).toEqual(allGood);
      expect(Object.values(Status)).toEqual(['ok']);
      expect(tiers.map(times)).toEqual([1, 1, 1]);
    },
    60_000,
  );

  it('does not run a local step again that was under way, unless it is marked retryable', async () => {
    const jid = await survive('orchestration.ended.before', 'orch.local');
    const { Result } = await kept(jid);
    const [answer] = Object.values(Result) as readonly { readonly return: Steps }[];
    expect(toldOf(answer?.return ?? {})).toMatchObject({
      here: [false, expect.stringContaining('retryable: True')],
      again: [true, expect.any(String)],
    });
    expect([times('local'), times('again')]).toEqual([1, 1]);
    const second = await kept(await survive('orchestration.ended.before 1', 'orch.local'));
    const [repeated] = Object.values(second.Result) as readonly { readonly return: Steps }[];
    expect(toldOf(repeated?.return ?? {})).toMatchObject({
      here: [true, expect.any(String)],
      again: [true, expect.any(String)],
    });
    expect([times('local'), times('again')]).toEqual([1, 2]);
  }, 60_000);
});
