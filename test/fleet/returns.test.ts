import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster({
    event_return: 'rawfile_json',
    event_return_whitelist: ['my/*'],
    event_return_blacklist: ['my/secret*'],
    'rawfile_json.filename': fleet.folder.at('events'),
    'night.rawfile_json.filename': fleet.folder.at('night'),
    schedule: {
      nightly: {
        ...{ function: 'test.arg', args: ['x'], seconds: 86_400, run_on_start: true },
        ...{ returner: 'rawfile_json', return_config: 'night' },
      },
    },
  });
  fleet.startMinion('web1', {
    return: 'rawfile_json',
    'rawfile_json.filename': fleet.folder.at('web1-returns'),
    'other.rawfile_json.filename': fleet.folder.at('other-returns'),
    'step.rawfile_json.filename': fleet.folder.at('step-returns'),
  });
  await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await fleet.master().logged('minion connected', { minion: 'web1' });
});

afterAll(async () => {
  await fleet.end();
});

type Line = Readonly<Record<string, unknown>>;

/** The lines of a file that has at least so many. */
async function lines(name: string, count: number): Promise<readonly Line[]> {
  const file = fleet.folder.at(name);
  for (;;) {
    const texts = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    if (texts.length >= count) return texts.map((text) => JSON.parse(text) as Line);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('returners', () => {
  it('get what the configuration and the command line say, in the shape of Salt', async () => {
    await fleet.run('salt', '*', 'test.arg', '1', 'a=2', '--return', 'rawfile_json', '--return_config', 'other');
    const [line] = await lines('other-returns', 1);
    expect(line).toEqual({
      ...{ success: true, retcode: 0, fun: 'test.arg', fun_args: [1, { a: 2 }], id: 'web1' },
      return: { args: [1], kwargs: { a: 2 } },
      ...{ user: expect.any(String) as string, jid: expect.stringMatching(/^\d{20}$/) as string },
    });
    await fleet.run('salt', '*', 'test.ping,test.retcode', ',', '3');
    expect(await lines('web1-returns', 1)).toMatchObject([
      { fun: ['test.ping', 'test.retcode'], fun_args: [[], [3]], retcode: 3, success: false },
    ]);
  });

  it('get what a step of an orchestration says', async () => {
    fleet.folder.write(
      'states/told.sls',
      'told:\n  salt.function:\n    - name: test.echo\n    - tgt: web1\n    - arg: [from a step]\n    - ret: rawfile_json\n    - ret_config: step\n',
    );
    await fleet.run('salt-run', 'state.orchestrate', 'told');
    expect(await lines('step-returns', 1)).toMatchObject([{ fun: 'test.echo', return: 'from a step', id: 'web1' }]);
    fleet.folder.write(
      'states/untold.sls',
      'untold:\n  salt.state:\n    - tgt: web1\n    - sls: told\n    - ret_config: step\n',
    );
    const { stdout } = await fleet.run('salt-run', 'state.orchestrate', 'untold');
    expect(stdout).toContain("'ret_config' and 'ret_kwargs' need returners, which 'ret' names");
  });

  it('get nothing that was decrypted, and nothing of an unknown name', async () => {
    const { status, stderr } = await fleet.run('salt', '*', 'test.ping', '--return', 'rawfile_jsno');
    expect([status, stderr]).toEqual([1, "salt: there is no returner 'rawfile_jsno'; did you mean 'rawfile_json'?\n"]);
    const wrong = await fleet.run('salt', '*', 'test.ping', '--return_config', 'other');
    expect([wrong.status, wrong.stderr]).toEqual([64, expect.stringContaining('--return')]);
  });

  it('are tried again until they take a return, also by the next daemon', async () => {
    const blocked = fleet.folder.at('blocked');
    writeFileSync(blocked, '');
    const settings = `{filename: ${blocked}/returns}`;
    await fleet.run('salt', '*', 'test.echo', 'kept', '--return', 'rawfile_json', '--return_kwargs', settings);
    const waiting = (): readonly string[] => readdirSync(fleet.folder.at('web1/var/cache/salt/minion/returns'));
    while (waiting().filter((name) => name.endsWith('.delivery')).length !== 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    rmSync(blocked);
    expect(await lines('blocked/returns', 1)).toMatchObject([{ return: 'kept', id: 'web1' }]);
    while (waiting().length > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('get what salt-call answers, and say what fails', async () => {
    const file = fleet.folder.at('web1-returns');
    rmSync(file);
    const { status, stdout } = await fleet.call('web1', '--return', 'local,rawfile_json', 'test.echo', 'hi');
    expect(status).toBe(0);
    expect(stdout).toContain("'return': 'hi'");
    expect(stdout).toContain('local:\n    hi\n');
    expect(await lines('web1-returns', 1)).toMatchObject([
      { fun: 'test.echo', return: 'hi', id: 'web1', success: true },
    ]);
    const failed = await fleet.call('web1', '--local', '--return', 'redis', 'test.ping');
    expect(failed.stderr).toMatch(/^salt-call: the returner 'redis': .*\n$/);
    expect(failed.stdout).toContain('True');
  });

  it('get what the schedule runs', async () => {
    const file = fleet.folder.at('other-returns');
    rmSync(file, { force: true });
    const words = [
      'function=test.echo',
      'job_args=[tick]',
      'seconds=1',
      'returner=rawfile_json',
      'return_config=other',
    ];
    await fleet.run('salt', '*', 'schedule.add', 'tick', ...words);
    const [line] = await lines('other-returns', 1);
    expect(line).toMatchObject({ fun: 'test.echo', return: 'tick', schedule: 'tick' });
    await fleet.run('salt', '*', 'schedule.delete', 'tick');
  });
});

describe('the schedule of the master', () => {
  it('hands on what its runners answer', async () => {
    const [line] = await lines('night', 1);
    expect(line).toMatchObject({
      ...{ fun: 'test.arg', fun_args: ['x'], return: { args: ['x'], kwargs: {} }, schedule: 'nightly', success: true },
    });
  });
});

describe('event_return', () => {
  it('hands on events that the lists let through', async () => {
    rmSync(fleet.folder.at('events'), { force: true });
    await fleet.run('salt-run', 'event.send', 'my/secret/1', '{a: 1}');
    await fleet.run('salt-run', 'event.send', 'other/1', '{a: 1}');
    await fleet.run('salt-run', 'event.send', 'my/open/1', '{a: 1}');
    const written = await lines('events', 1);
    expect(written).toMatchObject([{ tag: 'my/open/1', data: { a: 1 } }]);
  });
});
