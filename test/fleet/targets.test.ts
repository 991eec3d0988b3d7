import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  fleet.folder.write('web1/grains', 'role: web\nrack: {row: 3}\n');
  fleet.folder.write('web2/grains', 'role: web\nrack: {row: 4}\n');
  fleet.folder.write('db1/grains', 'role: db\n');
  await fleet.startMaster({ nodegroups: { front: 'web*' } });
  await fleet.join('web1', 'web2', 'db1');
});

afterAll(async () => {
  await fleet.end();
});

describe('targets', () => {
  it.each([
    ['a glob', ['web*'], ['web1', 'web2']],
    ['a list', ['-L', 'web2, db1'], ['db1', 'web2']],
    ['a regular expression', ['-E', '(web|db)1'], ['db1', 'web1']],
    ['a grain', ['-G', 'role:db'], ['db1']],
    ['a nested grain', ['-G', 'rack:row:4'], ['web2']],
    ['a grain and a regular expression', ['-P', 'role:w.b'], ['web1', 'web2']],
    ['a compound', ['-C', 'G@role:web and not E@.*2 or db1'], ['db1', 'web1']],
    ['a nodegroup', ['-N', 'front'], ['web1', 'web2']],
  ])('reach exactly the minions of %s', async (_kind, target, expected) => {
    const answer = await fleet.json('salt', '--static', ...target, 'test.ping');
    expect(answer).toEqual(Object.fromEntries(expected.map((id) => [id, true])));
  });

  it('show whom they mean without running anything', async () => {
    const before = await fleet.json('salt-run', 'jobs.list_jobs');
    expect(await fleet.json('salt', '--preview-target', '*', 'test.ping')).toEqual(['db1', 'web1', 'web2']);
    expect(await fleet.json('salt-run', 'jobs.list_jobs')).toEqual(before);
  });

  it('that match nobody are told with status 2 and leave no job', async () => {
    expect(await fleet.run('salt', '-G', 'role:mail', 'test.ping')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'salt: No minions matched the target. No command was sent, no jid was assigned.\n',
    });
    expect(await fleet.json('salt-run', 'jobs.list_jobs', 'search_target=role:mail')).toEqual({});
  });

  it('name those of a list that are no minions, with status 1', async () => {
    const missing = 'Minion did not return. [No key is accepted under this name]';
    const { status, stdout, stderr } = await fleet.run(
      'salt',
      '--out',
      'json',
      '--static',
      '-L',
      'web1,wbe2',
      'test.ping',
    );
    expect([status, JSON.parse(stdout)]).toEqual([1, { web1: true, wbe2: missing }]);
    expect(stderr).toBe('ERROR: 1 of 2 minions did not return: wbe2\n');
    const hidden = await fleet.run('salt', '--hide-timeout', '--summary', '-L', 'web1,wbe2', 'test.ping');
    expect([hidden.status, hidden.stdout]).toEqual([
      1,
      expect.stringContaining('# of minions targeted: 2\n') as string,
    ]);
    expect(hidden.stdout).not.toContain(missing);
    expect(await fleet.run('salt', '--subset', '1', '-L', 'web1,wbe2', 'test.ping')).toMatchObject({ status: 0 });
  });

  it.each([
    [['-C', 'web1 and ('], "salt: the compound target 'web1 and (' is malformed: it ends where a target is expected\n"],
    [
      ['-E', 'web('],
      "salt: the pcre target 'web(' is malformed: invalid regular expression 'web(': Unterminated group\n",
    ],
  ])('that cannot be read are told with status 2 (%j)', async (target, stderr) => {
    expect(await fleet.run('salt', ...target, 'test.ping')).toEqual({ status: 2, stdout: '', stderr });
  });

  it('find minions by grains of modules as soon as those are synced', async () => {
    const module = "def f(grains):\n    return {'site': 'berlin' if grains['id'] == 'web1' else 'paris'}\n";
    fleet.folder.write('states/_grains/site.py', module);
    expect((await fleet.run('salt', '-G', 'site:berlin', 'test.ping')).status).toBe(2);
    expect(await fleet.json('salt', '--static', 'web*', 'saltutil.sync_grains')).toEqual({
      web1: ['grains.site'],
      web2: ['grains.site'],
    });
    expect(await fleet.json('salt', '--static', '-G', 'site:berlin', 'test.ping')).toEqual({ web1: true });
  });
});
