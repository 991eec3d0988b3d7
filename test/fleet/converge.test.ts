import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet, type LogEntry } from './fleet.ts';
import { watchEvents } from './watch-events.ts';

let fleet: Fleet;
let enforcing: Daemon;
let reporting: Daemon;

const motd = (id: string): string => fleet.folder.at(`${id}.motd`);
const log = (id: string): string => fleet.folder.at(`${id}.log`);

beforeAll(async () => {
  fleet = await createFleet();
  const place = `${fleet.folder.path}/{{ grains.id }}`;
  fleet.folder.write('states/top.sls', "base:\n  '*':\n    - site\n");
  fleet.folder.write(
    'states/site.sls',
    [
      `motd:\n  file.managed:\n    - name: ${place}.motd\n    - source: salt://motd\n    - template: jinja`,
      `told:\n  cmd.run:\n    - name: echo told >> ${place}.log\n    - onchanges:\n      - file: motd`,
      `never:\n  cmd.run:\n    - name: echo other >> ${place}.other`,
    ].join('\n'),
  );
  fleet.folder.write('states/motd', 'Welcome to {{ pillar.site }}\n');
  fleet.folder.write('pillar/top.sls', "base:\n  '*':\n    - site\n");
  fleet.folder.write('pillar/site.sls', 'site: the site\n');
  await fleet.startMaster();
  const [first, second] = await fleet.join('enforcer', 'reporter');
  await first?.stop();
  await second?.stop();
  enforcing = await startLoop('enforcer', 'enforce');
  reporting = await startLoop('reporter', 'report');
});

afterAll(async () => {
  await fleet.end();
});

async function startLoop(id: string, mode: string): Promise<Daemon> {
  const minion = fleet.startMinion(id, { converge: { interval: '1h', splay: 0, mode } });
  await minion.logged('job ended', { fun: 'converge.run' });
  return minion;
}

/** How the master sees a minion. */
async function statusOf(id: string): Promise<Readonly<Record<string, unknown>>> {
  const status = (await fleet.json('salt-run', 'converge.status')) as Readonly<Record<string, object>>;
  return status[id] as Readonly<Record<string, unknown>>;
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Changes a file by hand and waits for the look at it. */
async function drift(minion: Daemon, change: () => void): Promise<LogEntry> {
  const mark = minion.mark();
  change();
  return minion.logged('job ended', { fun: 'converge.check' }, mark);
}

describe('the converge loop', () => {
  it('applies the highstate, or foretells it', async () => {
    expect(read(motd('enforcer'))).toBe('Welcome to the site\n');
    expect(read(log('enforcer'))).toBe('told\n');
    expect(existsSync(motd('reporter'))).toBe(false);
    expect(await statusOf('enforcer')).toMatchObject({ status: 'in state', mode: 'enforce', what: {} });
    expect(await statusOf('reporter')).toMatchObject({ status: 'drifted', mode: 'report' });
  });

  it('repairs a file that was changed by hand within seconds, with what follows from it and nothing else', async () => {
    const other = fleet.folder.at('enforcer.other');
    expect(read(other)).toBe('other\n');
    await drift(enforcing, () => writeFileSync(motd('enforcer'), 'hacked\n'));
    expect(read(motd('enforcer'))).toBe('Welcome to the site\n');
    expect(read(log('enforcer'))).toBe('told\ntold\n');
    expect(read(other)).toBe('other\n');
    const status = await statusOf('enforcer');
    expect(status).toMatchObject({ status: 'in state', last_repair: { what: { motd: expect.anything() as unknown } } });
  });

  it('repairs a file that was removed', async () => {
    await drift(enforcing, () => rmSync(motd('enforcer')));
    expect(read(motd('enforcer'))).toBe('Welcome to the site\n');
  });

  it('tells of a file that was changed by hand, with the difference, and leaves it', async () => {
    await fleet.run('salt', 'reporter', 'state.apply');
    const mark = reporting.mark();
    await fleet.run('salt', 'reporter', 'converge.now');
    await reporting.logged('job ended', { fun: 'converge.run' }, mark);
    expect(await statusOf('reporter')).toMatchObject({
      status: 'drifted',
      what: { never: expect.anything() as unknown },
    });
    await drift(reporting, () => writeFileSync(motd('reporter'), 'hacked\n'));
    expect(read(motd('reporter'))).toBe('hacked\n');
    const status = await statusOf('reporter');
    expect(status).toMatchObject({ status: 'drifted' });
    expect(JSON.stringify(status['what'])).toContain('-hacked\\n+Welcome to the site');
  });

  it('is paused and resumed', async () => {
    expect(await fleet.json('salt', '--static', 'enforcer', 'converge.pause')).toMatchObject({
      enforcer: { paused: true, next_run: null },
    });
    expect(await fleet.json('salt', '--static', 'enforcer', 'converge.now')).toEqual({ enforcer: false });
    const mark = enforcing.mark();
    writeFileSync(motd('enforcer'), 'hacked\n');
    await fleet.json('salt', '--static', 'enforcer', 'converge.resume');
    await enforcing.logged('job ended', { fun: 'converge.run' }, mark);
    expect(read(motd('enforcer'))).toBe('Welcome to the site\n');
  });

  it('goes on with the master away, also over restarts, and reports in order when it is back', async () => {
    const begin = (): Daemon =>
      fleet.startMinion('enforcer', { converge: { interval: '1h', splay: 0, mode: 'enforce' } });
    await fleet.master().stop();
    await enforcing.stop();
    rmSync(motd('enforcer'));
    enforcing = begin();
    const ended = [await enforcing.logged('job ended', { fun: 'converge.run' })];
    expect(read(motd('enforcer'))).toBe('Welcome to the site\n');
    for (const text of ['hacked\n', 'hacked again\n']) {
      ended.push(await drift(enforcing, () => writeFileSync(motd('enforcer'), text)));
      expect(read(motd('enforcer'))).toBe('Welcome to the site\n');
    }
    const sealed = readFileSync(fleet.folder.at('enforcer/var/cache/salt/minion/sealed/snapshot'));
    expect(sealed.includes('the site')).toBe(false);
    // Without a session until somebody watches what arrives.
    await enforcing.stop();
    await fleet.startMaster();
    const watcher = await watchEvents(fleet);
    enforcing = begin();
    ended.push(await enforcing.logged('job ended', { fun: 'converge.run' }));
    const tags = ended.map(({ jid }) => `salt/job/${String(jid)}/ret/enforcer`);
    await watcher.line((line) => line.startsWith(`${tags.at(-1) ?? ''}\t`));
    watcher.signal('SIGINT');
    // What it did just before the outage may be reported now too.
    const arrived = (await watcher.ended).stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
    expect(arrived.filter((tag) => tags.includes(tag))).toEqual(tags);
    const jobs = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=converge.check')) as object;
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(ended.slice(1, 3).map(({ jid }) => jid)));
    expect(await statusOf('enforcer')).toMatchObject({ status: 'in state' });
  });

  it('knows what it manages, who changed it last, and what a removed state left behind', async () => {
    fleet.folder.write('states/site.sls', `other:\n  test.nop: []\n`);
    expect(await fleet.json('salt', '--static', 'enforcer', 'state.managed', motd('enforcer'))).toMatchObject({
      enforcer: { [`file:${motd('enforcer')}`]: { id: 'motd', last_change: { user: 'converge' } } },
    });
    await fleet.run('salt', 'enforcer', 'state.highstate');
    expect(await fleet.json('salt', '--static', 'enforcer', 'state.orphans')).toMatchObject({
      enforcer: { [`file:${motd('enforcer')}`]: { id: 'motd', sls: 'site', orphaned_by: { fun: 'state.highstate' } } },
    });
  });

  it('is forgotten with the key of the minion', async () => {
    await reporting.stop();
    await fleet.run('salt-key', '-y', '-d', 'reporter');
    const known = async (): Promise<unknown> =>
      Object.keys((await fleet.json('salt-run', 'converge.status')) as object);
    await expect.poll(known, { timeout: 20_000 }).toEqual(['enforcer']);
  });
});
