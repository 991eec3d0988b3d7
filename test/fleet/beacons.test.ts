import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let minion: Daemon;

const watched = (): string => fleet.folder.at('watched');

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write('watched', 'at first\n');
  folder.write(
    'reactor/changed.sls',
    [
      'repair:\n  local.file.write:\n    - tgt: {{ data.id }}\n    - args:',
      `      - path: ${folder.at('reacted')}\n      - args: ['{{ data.change }} {{ data.path }}']`,
    ].join('\n'),
  );
  await fleet.startMaster({ reactor: [{ 'salt/beacon/*/inotify/*': [folder.at('reactor', 'changed.sls')] }] });
  await (await fleet.join('web1'))[0]?.stop();
  minion = startMinion();
  await minion.logged('connected to the master');
});

afterAll(async () => {
  await fleet.end();
});

function startMinion(): Daemon {
  const files = { [watched()]: { mask: ['modify'] } };
  return fleet.startMinion('web1', { beacons: { inotify: [{ files }, { disable_during_state_run: true }] } });
}

async function ask(fun: string, ...args: readonly string[]): Promise<unknown> {
  const answer = (await fleet.json('salt', '--static', 'web1', fun, ...args)) as Readonly<Record<string, unknown>>;
  return answer['web1'];
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

  it('are what a state says, and kept over a restart when it saves them', async () => {
    fleet.folder.write(
      'states/watching.sls',
      'ps:\n  beacon.present:\n    - save: True\n    - interval: 3600\n    - processes:\n        no-such-program: stopped\n',
    );
    expect(JSON.stringify(await ask('state.apply', 'watching'))).toContain('Adding ps to beacons\\nBeacon ps saved');
    expect(JSON.stringify(await ask('state.apply', 'watching'))).toContain('Job ps in correct state');
    await minion.stop();
    minion = startMinion();
    await minion.logged('connected to the master');
    expect(await ask('beacons.list')).toContain('no-such-program: stopped');
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
