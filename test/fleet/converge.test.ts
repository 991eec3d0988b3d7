import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
      `{% for n in range(6) %}\n${place}.d{{ n }}/file:\n  file.managed:\n    - contents: kept\n    - mode: '0640'\n    - makedirs: True\n{% endfor %}`,
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

/** Changes a file by hand and waits for the look at it; one that an earlier repair brought about may end first. */
async function drift(minion: Daemon, change: () => void, isDone = (): boolean => true): Promise<LogEntry> {
  let mark = minion.mark();
  change();
  for (;;) {
    const ended = await minion.logged('job ended', { fun: 'converge.check' }, mark);
    mark = minion.mark();
    if (isDone()) return ended;
  }
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
    await drift(
      enforcing,
      () => rmSync(motd('enforcer')),
      () => existsSync(motd('enforcer')),
    );
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
    // The look that ended may have been one at what the run before changed.
    const told = async (): Promise<string> => JSON.stringify(await statusOf('reporter'));
    await expect.poll(told).toContain('-hacked\\n+Welcome to the site');
    expect(await statusOf('reporter')).toMatchObject({ status: 'drifted' });
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

  it('repairs drift of every kind, whenever its master is killed', async () => {
    const folder = (index: number): string => fleet.folder.at(`enforcer.d${index}`);
    const file = (index: number): string => `${folder(index)}/file`;
    const looks = (): readonly string[] =>
      Array.from({ length: 6 }, (_, index) => {
        if (!existsSync(file(index))) return 'absent';
        return `${read(file(index)).trim()} ${(statSync(file(index)).mode & 0o777).toString(8)}`;
      });
    const kept = Array.from({ length: 6 }, () => 'kept 640');
    await expect.poll(looks).toEqual(kept);
    const kinds = [
      () => writeFileSync(file(0), 'other'),
      () => chmodSync(file(1), 0o777),
      () => renameSync(file(2), `${file(2)}.away`),
      () => (writeFileSync(`${file(3)}.new`, 'over'), renameSync(`${file(3)}.new`, file(3))),
      () => (renameSync(folder(4), `${folder(4)}.away`), mkdirSync(folder(4))),
      () => rmSync(folder(5), { recursive: true }),
    ];
    for (const drifts of [kinds, kinds.slice(0, 4)]) {
      const mark = enforcing.mark();
      for (const change of drifts) change();
      fleet.master().signal('SIGKILL');
      await fleet.master().ended;
      await fleet.startMaster();
      await expect.poll(looks).toEqual(kept);
      await enforcing.logged('connected to the master', {}, mark);
    }
  });

  it('looks again at what drifted until that comes to an end', async () => {
    const site = fleet.folder.at('states/site.sls');
    const good = read(site);
    writeFileSync(site, '{{ broken');
    const mark = enforcing.mark();
    writeFileSync(fleet.folder.at('enforcer.d0/file'), 'hacked\n');
    await enforcing.logged('job ended', { fun: 'converge.check', status: 'failed' }, mark);
    writeFileSync(site, good);
    await expect.poll(() => read(fleet.folder.at('enforcer.d0/file'))).toBe('kept\n');
  });

  it('finds at its start what drifted while it was down, without waiting for a run', async () => {
    await enforcing.stop();
    writeFileSync(fleet.folder.at('enforcer.d1/file'), 'hacked\n');
    enforcing = fleet.startMinion('enforcer', { converge: { interval: '1h', splay: '30d', mode: 'enforce' } });
    await enforcing.logged('files drifted', {});
    await expect.poll(() => read(fleet.folder.at('enforcer.d1/file'))).toBe('kept\n');
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
