import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write('web1/grains', 'role: web\n');
  folder.write('db1/grains', 'role: db\n');
  folder.write('pillar/top.sls', "base:\n  '*': [common]\n  db1: [database]\n");
  folder.write(
    'pillar/common.sls',
    'tier: front\nmine_functions:\n  shout:\n    - mine_function: test.echo\n    - loud\n',
  );
  folder.write(
    'pillar/database.sls',
    'tier: back\nmine_functions:\n  closed:\n    - mine_function: test.echo\n    - secret\n    - allow_tgt: db*\n',
  );
  folder.write(
    'states/peers.sls',
    "{% for id, text in salt['mine.get']('*', 'shout').items() | sort %}\n{{ id }}-{{ text }}:\n  test.nop\n{% endfor %}\n",
  );
  await fleet.startMaster();
  await fleet.join('web1', 'db1');
});

afterAll(async () => {
  await fleet.end();
});

describe('the mine', () => {
  it('has what mine_functions of configuration and pillar name', async () => {
    expect(await fleet.json('salt-run', 'mine.update', '*')).toEqual({ web1: true, db1: true });
    expect(await fleet.json('salt-run', 'mine.get', '*', 'shout')).toEqual({ db1: 'loud', web1: 'loud' });
    expect(await fleet.json('salt', '--static', 'web1', 'mine.get', 'role:db', 'shout', 'grain')).toEqual({
      web1: { db1: 'loud' },
    });
  });

  it('shows a guarded entry to those alone whom its minion allows', async () => {
    await fleet.json('salt-run', 'mine.update', '*');
    expect(await fleet.json('salt', '--static', '*', 'mine.get', '*', 'closed')).toEqual({
      db1: { db1: 'secret' },
      web1: {},
    });
  });

  it('is there for templates, and changes with send, delete and flush', async () => {
    expect(await fleet.json('salt', 'web1', 'mine.send', 'greeting', 'mine_function=test.echo', 'hi')).toEqual({
      web1: true,
    });
    const greeting = async (): Promise<unknown> => fleet.json('salt-run', 'mine.get', '*', 'greeting');
    expect(await greeting()).toEqual({ web1: 'hi' });
    expect(await fleet.json('salt', 'web1', 'mine.delete', 'greeting')).toEqual({ web1: true });
    expect(await greeting()).toEqual({});
    const states = (await fleet.json('salt', 'web1', 'state.apply', 'peers')) as { web1: Record<string, unknown> };
    expect(Object.keys(states.web1)).toEqual([
      'test_|-db1-loud_|-db1-loud_|-nop',
      'test_|-web1-loud_|-web1-loud_|-nop',
    ]);
    expect(await fleet.json('salt', 'web1', 'mine.flush')).toEqual({ web1: true });
    expect(await fleet.json('salt-run', 'cache.mine', 'web1')).toEqual({ web1: {} });
  });
});

describe('what the master keeps of minions', () => {
  it('serves pillar targets also after a restart of the master', async () => {
    await fleet.json('salt', '--static', '*', 'pillar.refresh_pillar');
    expect(await fleet.json('salt', '--preview-target', '-I', 'tier:back')).toEqual(['db1']);
    await fleet.master().stop();
    await fleet.startMaster();
    expect(await fleet.json('salt', '--preview-target', '-I', 'tier:back')).toEqual(['db1']);
    expect(await fleet.json('salt', '--preview-target', '-C', 'web* or I@tier:back')).toEqual(['db1', 'web1']);
    expect(await fleet.json('salt', '--preview-target', '-R', '{web,db}1..3,-web1')).toEqual(['db1']);
    expect(await fleet.json('salt', '--preview-target', '-D', '|', '-G', 'role|w*')).toEqual(['web1']);
  });

  it('is shown and cleared by runners', async () => {
    expect(await fleet.json('salt-run', 'cache.pillar', 'db1')).toMatchObject({ db1: { tier: 'back' } });
    const versions = (await fleet.json('salt-run', 'cache.pillar_version', 'db1')) as { db1: string };
    expect(versions.db1).toMatch(/^[\da-f]{16}$/);
    // A minion that came back after the restart may still ask for its pillar, which is kept then.
    let kept: unknown;
    let status: number | null = 0;
    while (status !== 2) {
      expect(await fleet.json('salt-run', 'cache.clear_pillar', 'db1')).toBe(true);
      kept = await fleet.json('salt-run', 'cache.pillar', 'db1');
      ({ status } = await fleet.run('salt', '--preview-target', '-I', 'tier:back'));
    }
    expect(kept).toEqual({});
  });

  it('follows grains that a salt-call beside the daemon collected anew', async () => {
    await fleet.call('web1', 'grains.setval', 'role', 'mail');
    expect(await fleet.json('salt', '--preview-target', '-G', 'role:mail')).toEqual(['web1']);
    expect((await fleet.run('salt', '--preview-target', '-G', 'role:web')).status).toBe(2);
  });
});

describe('where a pillar value comes from', () => {
  it('begins with the top files', async () => {
    expect(await fleet.json('salt-run', 'pillar.show_top', 'db1')).toEqual({
      base: { '*': ['common'], db1: ['database'] },
    });
  });

  it('is told with file and line, also what it went over', async () => {
    expect(await fleet.json('salt', 'db1', 'pillar.why', 'tier')).toEqual({
      db1: {
        key: 'tier',
        value: 'back',
        set_at: 'database.sls:1',
        over: ['common.sls:1'],
        version: expect.stringMatching(/^[\da-f]{16}$/) as string,
      },
    });
  });
});
