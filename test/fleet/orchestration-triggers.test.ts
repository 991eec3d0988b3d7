import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';
import type { Settings } from './fleet-folder.ts';
import { createHeldCommand, type HeldCommand } from './held-command.ts';

let fleet: Fleet;
let master: Daemon;
let url: string;
let held: HeldCommand;
let settings: Settings;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  const filename = folder.write('users', 'bob:pw-bob\n', 0o600);
  folder.write(
    'states/orch/told.sls',
    "told:\n  salt.function:\n    - name: test.echo\n    - tgt: '*'\n    - arg: ['{{ pillar.get('from', 'nobody') }}']\n",
  );
  folder.write(
    'reactor/deploy.sls',
    'deploy:\n  runner.state.orchestrate:\n    - args:\n      - mods: orch.told\n      - pillar: {from: {{ data.from }}}\n',
  );
  held = createHeldCommand(folder, 'held');
  folder.write(
    'states/orch/hold.sls',
    `hold:\n  salt.function:\n    - name: cmd.run\n    - tgt: '*'\n    - arg: ['${held.line}']\n`,
  );
  folder.write('reactor/hold.sls', 'hold:\n  runner.state.orchestrate:\n    - args:\n      - mods: orch.hold\n');
  settings = {
    reactor: [{ 'deploy/*': [folder.at('reactor', 'deploy.sls')] }, { 'hold/*': [folder.at('reactor', 'hold.sls')] }],
    schedule: { nightly: { function: 'state.orchestrate', args: ['orch.told'], hours: 24, run_on_start: true } },
    netapi_enable_clients: ['runner', 'runner_async'],
    rest_cherrypy: { port: 0, host: '127.0.0.1', disable_ssl: true },
    external_auth: {
      file: {
        '^filename': filename,
        bob: [{ '@runner': ['state.orchestrate', 'state.orchestrate_.*', 'rollout.start'] }],
      },
    },
  };
  master = await fleet.startMaster(settings);
  const { port } = await master.logged('http api listens');
  url = `http://127.0.0.1:${String(port)}`;
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
});

/** Runs a runner over the HTTP API as a user who logs in with the request. */
async function runAsBob(fun: string, kwarg: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const call = { client: 'runner', fun, kwarg, eauth: 'file', username: 'bob', password: 'pw-bob' };
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const response = await fetch(`${url}/run`, { method: 'POST', headers, body: JSON.stringify([call]) });
  return { status: response.status, body: await response.json() };
}

describe('an orchestration is begun', () => {
  it('by the schedule of the master', async () => {
    const entry = await master.logged('scheduled job ended', { job: 'nightly', fun: 'state.orchestrate' });
    expect(entry).toMatchObject({ retcode: expect.any(Number) as number });
  });

  it('by a reaction, with the data of the event as pillar', async () => {
    const mark = master.mark();
    await fleet.run('salt-run', 'event.send', 'deploy/now', '{"from": "reactor"}');
    const { jid } = await master.logged('orchestration ended', { status: 'ok' }, mark);
    await master.logged('reaction done', { id: 'deploy', fun: 'state.orchestrate' }, mark);
    const job = (await fleet.json('salt-run', 'jobs.list_job', String(jid))) as { readonly User: string };
    expect(job).toMatchObject({ Function: 'runner.state.orchestrate', User: 'Reactor' });
    expect(JSON.stringify(job)).toContain('"ret":{"web1":"reactor"}');
  });

  it('once by a reaction, though the event is handled again after a death of the master', async () => {
    const mark = master.mark();
    await fleet.run('salt-run', 'event.send', 'hold/now', '{}');
    await master.logged('job accepted', { fun: 'cmd.run' }, mark);
    await held.begun();
    await master.stop('SIGKILL');
    master = await fleet.startMaster(settings);
    const { port } = await master.logged('http api listens');
    url = `http://127.0.0.1:${String(port)}`;
    await held.release();
    await master.logged('reaction done', { id: 'hold', fun: 'state.orchestrate' });
    expect(held.timesBegun()).toBe(1);
    const begun = (await fleet.json('salt-run', 'jobs.list_jobs', "search_target=['*_master']")) as object;
    const told = JSON.stringify(begun);
    expect(told.match(/orch\.hold/g)).toHaveLength(1);
  });

  it('over the HTTP API by a user who may call it, as what the user may not do otherwise', async () => {
    const { status, body } = await runAsBob('state.orchestrate', { mods: 'orch.told', pillar: { from: 'api' } });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('"ret":{"web1":"api"}');
    expect(JSON.stringify(body)).toContain('"outputter":"highstate"');
  });

  it.each([
    ['state.orchestrate_single', { fun: 'cmd.run', name: 'id' }],
    ['state.orchestrate_high', { data: { x: { 'cmd.run': [{ name: 'id' }] } } }],
    ['rollout.start', { tgt: '*', function: 'cmd.run', arg: ['id'] }],
  ])('but %s takes a permission for everything, for it brings steps of its own', async (fun, kwarg) => {
    const { status, body } = await runAsBob(fun, kwarg);
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: { code: 'access-refused' } });
  });
});
