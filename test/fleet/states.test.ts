import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';
import { watchEvents } from './watch-events.ts';

let fleet: Fleet;
let page: string;

const site = `{% set root = grains.machine %}
motd:
  file.managed:
    - name: {{ root }}/etc/motd
    - source: salt://motd.jinja
    - template: jinja
    - makedirs: True
    - mode: '0640'
reload:
  cmd.run:
    - name: echo reloaded >> {{ root }}/log
    - onchanges:
      - file: motd
`;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write('states/top.sls', "base:\n  '*':\n    - site\n");
  folder.write('states/site.sls', site);
  folder.write('states/motd.jinja', 'This is {{ grains.id }}\n');
  folder.write('web1/grains', `machine: ${folder.at('web1/machine')}\n`);
  page = folder.at('web1/machine/etc/motd');
  await fleet.startMaster();
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
});

/** Tags without the path of the scratch folder, and what is not the same twice told by its shape. */
async function apply(...args: readonly string[]): Promise<unknown> {
  const answer = await fleet.json('salt', '--static', 'web1', 'state.apply', ...args);
  const text = JSON.stringify(answer)
    .replaceAll(fleet.folder.at('web1/machine'), 'M')
    .replaceAll(/"start_time":"\d\d:\d\d:\d\d\.\d{6}"/g, '"start_time":"T"')
    .replaceAll(/"duration":[\d.]+/g, '"duration":"D"')
    .replaceAll(/"pid":\d+/g, '"pid":"P"');
  return JSON.parse(text) as unknown;
}

const motd = 'file_|-motd_|-M/etc/motd_|-managed';
const reload = 'cmd_|-reload_|-echo reloaded >> M/log_|-run';
const shared = { start_time: 'T', duration: 'D', __sls__: 'site', __sls_file__: 'site.sls' };
const ofMotd = { ...shared, name: 'M/etc/motd', __id__: 'motd', __run_num__: 0, __sls_line__: 2 };
const ofReload = { ...shared, name: 'echo reloaded >> M/log', __id__: 'reload', __run_num__: 1, __sls_line__: 9 };

describe('states on a fleet', () => {
  it('are foretold by test=True, which touches nothing', async () => {
    expect(await apply('test=True')).toEqual({
      web1: {
        [motd]: {
          ...ofMotd,
          result: null,
          comment:
            'The file M/etc/motd is set to be changed\nNote: No changes made, actual changes may\nbe different due to other states.',
          changes: { newfile: 'M/etc/motd' },
        },
        [reload]: {
          ...ofReload,
          result: null,
          comment: 'Command "echo reloaded >> M/log" would have been executed',
          changes: {},
        },
      },
    });
    expect(existsSync(fleet.folder.at('web1/machine'))).toBe(false);
  });

  it("are applied and told in Salt's shape", async () => {
    expect(await apply()).toEqual({
      web1: {
        [motd]: {
          ...ofMotd,
          result: true,
          comment: 'File M/etc/motd updated',
          changes: { diff: 'New file', mode: '0640' },
        },
        [reload]: {
          ...ofReload,
          result: true,
          comment: 'Command "echo reloaded >> M/log" run',
          changes: { pid: 'P', retcode: 0, stdout: '', stderr: '' },
        },
      },
    });
    expect(readFileSync(page, 'utf8')).toBe('This is web1\n');
    expect(statSync(page).mode & 0o777).toBe(0o640);
  });

  const settled = {
    web1: {
      [motd]: { ...ofMotd, result: true, comment: 'File M/etc/motd is in the correct state', changes: {} },
      [reload]: {
        ...ofReload,
        result: true,
        comment: 'State was not run because none of the onchanges reqs changed',
        changes: {},
        __state_ran__: false,
      },
    },
  };

  it('change nothing the second time', async () => {
    expect(await apply()).toEqual(settled);
    const comment = 'The file M/etc/motd is in the correct state';
    const foretold = { web1: { ...settled.web1, [motd]: { ...settled.web1[motd], comment } } };
    expect(await apply('test=True')).toEqual(foretold);
    expect(readFileSync(fleet.folder.at('web1/machine/log'), 'utf8')).toBe('reloaded\n');
  });

  it('repair what was changed by hand, after foretelling the same difference', async () => {
    writeFileSync(page, 'This is mine\n');
    const diff = '--- \n+++ \n@@ -1 +1 @@\n-This is mine\n+This is web1\n';
    expect(await apply('test=True')).toMatchObject({ web1: { [motd]: { result: null, changes: { diff } } } });
    expect(readFileSync(page, 'utf8')).toBe('This is mine\n');
    expect(await apply()).toMatchObject({ web1: { [motd]: { result: true, changes: { diff } } } });
    expect(readFileSync(page, 'utf8')).toBe('This is web1\n');
    expect(await apply()).toEqual(settled);
  });

  it('tell the event bus of steps that ask for it', async () => {
    const sls = 'ready:\n  test.nop:\n    - fire_event: site/ready\nquiet:\n  test.nop: []\n';
    fleet.folder.write('states/told.sls', sls);
    const watcher = await watchEvents(fleet);
    const answer = await fleet.run('salt', 'web1', 'state.apply', 'told');
    expect(answer).toMatchObject({ status: 0, stderr: '' });
    const tag = /^salt\/state_result\/\d{20}\/web1\/site\/ready\t/;
    const told = JSON.parse((await watcher.line((line) => tag.test(line))).replace(tag, '')) as unknown;
    expect(told).toMatchObject({ id: 'web1', data: { ret: { __id__: 'ready', result: true } } });
    watcher.signal('SIGINT');
    await watcher.ended;
  });

  it('shows the events of a minion, and on its own machine those of the master', async () => {
    const watch = async (node: string, ...words: string[]): Promise<string> => {
      let isOver = false;
      const watched = fleet.call('web1', 'state.event', 'fleet/[a-z]+', 'count=1', `node=${node}`, ...words);
      void watched.then(() => (isOver = true));
      while (!isOver) {
        await Promise.race([watched, fleet.call('web1', '--out', 'quiet', 'event.send', 'fleet/told', 'a=1')]);
        await Promise.race([
          watched,
          fleet.call('web1', '--local', '--out', 'quiet', 'event.fire', '{b: 2}', 'fleet/own'),
        ]);
      }
      return (await watched).stdout;
    };
    expect(await watch('minion')).toMatch(/^(fleet\/told\t\{"a": 1\}|fleet\/own\t\{"b": 2\})\nlocal:\n {4}None\n$/);
    const folder = fleet.folder.at('master/var/run/salt/master');
    expect(await watch('master', `sock_dir=${folder}`)).toMatch(/^fleet\/told\t\{.*"a": 1.*\}\nlocal:\n {4}None\n$/);
    const lost = await fleet.call('web1', 'state.event', `sock_dir=${fleet.folder.at('nowhere')}`);
    expect(lost.stderr).toContain('no minion daemon listens on');
  });
});
