import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let minion: Daemon;

const watched = (): string => fleet.folder.at('watched');

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write('watched', 'at first\n');
  folder.write('absent', '');
  folder.write(
    'reactor/changed.sls',
    [
      'repair:\n  local.file.write:\n    - tgt: {{ data.id }}\n    - args:',
      `      - path: ${folder.at('reacted')}\n      - args: ['{{ data.change }} {{ data.path }}']`,
    ].join('\n'),
  );
  folder.write(
    'reactor/absent.sls',
    [
      'note:\n  local.file.append:\n    - tgt: {{ data.id }}\n    - args:',
      `      - path: ${folder.at('absent')}\n      - args: ['{{ data | tojson }}']`,
    ].join('\n'),
  );
  await fleet.startMaster({
    reactor: [
      { 'salt/beacon/*/inotify/*': [folder.at('reactor', 'changed.sls')] },
      { 'salt/beacon/*/absent/*': [folder.at('reactor', 'absent.sls')] },
    ],
  });
  await (await fleet.join('web1'))[0]?.stop();
  minion = startMinion();
  await minion.logged('connected to the master');
});

afterAll(async () => {
  await fleet.end();
});

type Beacons = Readonly<Record<string, readonly object[]>>;

function beacons(others: Beacons = {}): { readonly beacons: Beacons } {
  const files = { [watched()]: { mask: ['modify'] } };
  return { beacons: { inotify: [{ files }, { disable_during_state_run: true }], ...others } };
}

function startMinion(): Daemon {
  return fleet.startMinion('web1', beacons());
}

/** A beacon that tells once that a program does not run. */
function absent(program: string): Beacons {
  return { absent: [{ beacon_module: 'ps' }, { processes: { [program]: 'stopped' } }, { interval: 3600 }] };
}

/** Writes another configuration of beacons and hangs the minion up; answers a mark from before. */
async function reconfigure(others: Beacons): Promise<number> {
  const mark = minion.mark();
  fleet.folder.configureMinion('web1', beacons(others));
  minion.signal('SIGHUP');
  expect((await minion.logged('configuration was read again', {}, mark))['changed']).toEqual(['beacons']);
  return mark;
}

async function ask(fun: string, ...args: readonly string[]): Promise<unknown> {
  const answer = (await fleet.json('salt', '--static', 'web1', fun, ...args)) as Readonly<Record<string, unknown>>;
  return answer['web1'];
}

/** Result, comment and changes of a file of states that has one state. */
async function outcome(...args: readonly string[]): Promise<readonly unknown[]> {
  const steps = (await ask('state.apply', ...args)) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return Object.values(steps).flatMap((step) => [step['result'], step['comment'], step['changes']]);
}

describe('beacons', () => {
  it('bring about a reaction on the minion that they tell of', async () => {
    const mark = minion.mark();
    writeFileSync(watched(), 'changed by hand\n');
    await minion.logged('job ended', { fun: 'file.write' }, mark);
    expect(readFileSync(fleet.folder.at('reacted'), 'utf8')).toBe(`IN_MODIFY ${watched()}\n`);
  });

  it('are listed, added, changed and taken away', async () => {
    expect(await ask('beacons.add', 'nothing', '[{}]')).toEqual({
      comment: 'Beacon "nothing" is not available.',
      result: false,
    });
    expect(await ask('beacons.add', 'ps', '[{processes: [a]}]')).toEqual({
      comment: 'Beacon ps configuration invalid, not adding.\nProcesses for ps beacon must be a dictionary.',
      result: false,
    });
    const processes = '[{processes: {no-such-program: stopped}}, {interval: 3600}]';
    expect(await ask('beacons.add', 'ps', processes)).toEqual({ comment: 'Added beacon: ps.', result: true });
    expect(await ask('beacons.list', 'return_yaml=False', 'include_pillar=False')).toMatchObject({
      ps: [{ processes: { 'no-such-program': 'stopped' } }, { interval: 3600 }],
    });
    expect(await ask('beacons.disable_beacon', 'ps')).toEqual({
      comment: 'Disabled beacon ps on minion.',
      result: true,
    });
    expect(await ask('beacons.modify', 'ps', '[{processes: {other: running}}]')).toMatchObject({
      comment: 'Modified beacon: ps.',
      result: true,
    });
    expect(await ask('beacons.delete', 'ps')).toEqual({ comment: 'Deleted beacon: ps.', result: true });
  });

  it('change with the configuration when the minion is hung up, and those that stay go on', async () => {
    const file = fleet.folder.at('absent');
    await ask('beacons.add', 'memusage', '[{percent: 100}, {interval: 3600}]');
    await minion.logged('job ended', { fun: 'file.append' }, await reconfigure(absent('no-such-program')));
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"no-such-program": "Stopped",.*\n$/);
    await minion.logged('job ended', { fun: 'file.append' }, await reconfigure(absent('nor-this')));
    expect(readFileSync(file, 'utf8')).toMatch(/^.*\n\{"nor-this": "Stopped",.*\n$/);
    const invalid = await reconfigure({ absent: [{ beacon_module: 'ps' }] });
    const kept = 'beacon configuration is invalid; the one before stays';
    expect((await minion.logged(kept, {}, invalid))['fault']).toBe('Configuration for ps beacon requires processes.');
    expect(await ask('beacons.list', 'return_yaml=False')).toMatchObject({ memusage: {}, ...absent('nor-this') });
    const mark = await reconfigure({});
    const listed = (await ask('beacons.list', 'return_yaml=False')) as object;
    expect(Object.keys(listed).toSorted()).toEqual(['inotify', 'memusage']);
    writeFileSync(watched(), 'changed after that\n');
    await minion.logged('job ended', { fun: 'file.write' }, mark);
    await ask('beacons.delete', 'memusage');
  });

  it('of the pillar cannot be changed by states, which a dry run foretells', async () => {
    const { folder } = fleet;
    folder.write('pillar/top.sls', "base:\n  '*': [watched]\n");
    folder.write(
      'pillar/watched.sls',
      'beacons:\n  memusage:\n    - percent: 100\nschedule:\n  pjob: {function: test.ping, hours: 9}\n',
    );
    folder.write('states/unwatched.sls', 'memusage:\n  beacon.absent: []\n');
    folder.write('states/unscheduled.sls', 'pjob:\n  schedule.absent: []\n');
    expect(await ask('saltutil.refresh_pillar')).toBe(true);
    for (const mode of [['test=True'], []]) {
      expect(await outcome('unwatched', ...mode)).toEqual([
        ...[false, 'Cannot delete beacon item memusage, it is configured in pillar.', {}],
      ]);
      expect(await outcome('unscheduled', ...mode)).toEqual([
        ...[false, 'Failed to delete job pjob from schedule.', {}],
      ]);
    }
  });

  it('go with a state that asks for one', async () => {
    const file = fleet.folder.at('guarded');
    const name = `beacon_inotify_${file}`;
    fleet.folder.write(
      'states/guarded.sls',
      `guarded:\n  file.managed:\n    - name: ${file}\n    - contents: x\n    - beacon: True\n    - beacon_data:\n        mask: [modify]\n`,
    );
    expect(JSON.stringify(await ask('state.apply', 'guarded', 'test=True'))).toContain(`"${name}":"added"`);
    expect(await ask('beacons.list')).not.toContain(name);
    const answer = (await ask('state.apply', 'guarded')) as Record<string, { readonly comment: string }>;
    expect(answer[`file_|-beacon_guarded_|-${file}_|-mod_beacon`]).toMatchObject({
      ...{ result: true, comment: `Adding ${name} to beacons`, changes: { [name]: 'added' } },
    });
    expect(await ask('beacons.list')).toContain(name);
    expect(JSON.stringify(await ask('state.apply', 'guarded'))).toContain(`Job ${name} in correct state`);
    await ask('beacons.delete', name);
  });

  it('are what a state says, and kept over a restart when it saves them', async () => {
    fleet.folder.write(
      'states/watching.sls',
      'ps:\n  beacon.present:\n    - save: True\n    - interval: 3600\n    - processes:\n        no-such-program: stopped\n',
    );
    expect(JSON.stringify(await ask('state.apply', 'watching'))).toContain('Adding ps to beacons\\nBeacon ps saved');
    const file = join(fleet.folder.at('web1'), 'minion.d', 'beacons.conf');
    const written = readFileSync(file, 'utf8');
    expect(await outcome('watching')).toEqual([true, 'Job ps in correct state\nBeacon ps saved', {}]);
    rmSync(file);
    const changes = { ps: `saved to ${file}` };
    expect(await outcome('watching', 'test=True')).toEqual([
      ...[null, 'Job ps in correct state\nBeacon ps would be saved', changes],
    ]);
    expect(existsSync(file)).toBe(false);
    expect(await outcome('watching')).toEqual([true, 'Job ps in correct state\nBeacon ps saved', changes]);
    expect(readFileSync(file, 'utf8')).toBe(written);
    await minion.stop();
    minion = startMinion();
    await minion.logged('connected to the master');
    expect(await ask('beacons.list')).toContain('no-such-program: stopped');
    expect((await fleet.call('web1', '--local', 'beacons.list')).stdout).toContain('no-such-program: stopped');
  });

  it('tell what happened while the master was away when it is back', async () => {
    const first = minion.mark();
    writeFileSync(watched(), 'changed while it is there\n');
    await minion.logged('job ended', { fun: 'file.write' }, first);
    await fleet.master().stop();
    const mark = minion.mark();
    rmSync(fleet.folder.at('reacted'));
    writeFileSync(watched(), 'changed while it was away\n');
    await minion.logged('events of beacons wait for the master', {}, mark);
    await fleet.startMaster({
      reactor: [{ 'salt/beacon/*/inotify/*': [fleet.folder.at('reactor', 'changed.sls')] }],
    });
    await minion.logged('job ended', { fun: 'file.write' }, mark);
    expect(readFileSync(fleet.folder.at('reacted'), 'utf8')).toBe(`IN_MODIFY ${watched()}\n`);
  });
});
