import { rmSync, utimesSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';
import { watchEvents } from './watch-events.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster({ id: 'hq_master', fileserver_events: true, roots_update_interval: 3600 });
  await fleet.join('web1', 'web2');
});

afterAll(async () => {
  await fleet.end();
});

const runner = async (...args: readonly string[]): Promise<unknown> => fleet.json('salt-run', ...args);

describe('jobs of a fleet', () => {
  it('run in batches, in several functions, and are found by their metadata', async () => {
    const words = ['--batch', '1', '--metadata', '{release: 7}', '*', 'test.ping,test.echo', ',', 'hello'];
    const { status, stdout } = await fleet.run('salt', ...words);
    expect(status).toBe(0);
    const answer = (minion: string): string =>
      `\nExecuting run on ['${minion}']\n\n${minion}:\n    ----------\n    test.echo:\n        hello\n    test.ping:\n        True\n`;
    expect(stdout).toBe(answer('web1') + answer('web2'));
    const found = (await runner('jobs.list_jobs', 'search_metadata={release: 7}')) as Record<string, object>;
    expect(Object.values(found)).toMatchObject([{ Function: ['test.ping', 'test.echo'], Metadata: { release: 7 } }]);
    expect(await runner('jobs.last_run', 'metadata={release: 8}')).toBe(false);
  });

  it('are also what salt-call did on a machine, unless it is not to be told', async () => {
    expect((await fleet.call('web1', 'test.arg', '1', 'k=2', '--set-metadata', 'by hand')).status).toBe(0);
    expect((await fleet.call('web1', 'test.arg', '2', '--no-return-event')).status).toBe(0);
    const found = (await runner('jobs.list_jobs', 'search_function=test.arg')) as Record<string, object>;
    expect(Object.values(found)).toMatchObject([
      { Arguments: [1, { k: 2 }], Target: 'web1', User: 'call', Metadata: 'by hand' },
    ]);
    await fleet.run('salt', 'web1', 'state.single', 'test.nop', 'shown');
    const [ran] = Object.keys((await runner('jobs.list_jobs', 'search_function=state.single')) as object);
    expect((await fleet.run('salt-run', 'jobs.lookup_jid', ran ?? '')).stdout).toContain('          ID: shown\n');
    expect(await runner('jobs.lookup_jid', Object.keys(found)[0] ?? '')).toEqual({
      web1: { args: [1], kwargs: { k: 2 } },
    });
  });

  it('go to a subset', async () => {
    const { stdout } = await fleet.run('salt', '--subset', '1', '--out', 'json', '--static', '*', 'test.ping');
    expect(Object.values(JSON.parse(stdout) as object)).toEqual([true]);
  });
});

describe('runners', () => {
  it('tell who is there', async () => {
    expect(await runner('manage.status')).toEqual({ up: ['web1', 'web2'], down: [] });
    expect(await runner('manage.up', 'tgt=web2')).toEqual(['web2']);
    expect(await runner('manage.alived')).toEqual(['web1', 'web2']);
    expect(await runner('manage.not_joined', 'subset=[web1]')).toEqual([]);
    expect(await runner('manage.versions')).toMatchObject({ 'Up to date': { web1: expect.any(String) as string } });
  });

  it('run functions on minions, and put together who answers the same', async () => {
    expect(await runner('salt.execute', '*', 'test.echo', '[hi]')).toEqual({ web1: 'hi', web2: 'hi' });
    const jid = '20260101000000000077';
    const given = [`jid=${jid}`, 'kwarg={a: 1}', 'timeout=9'];
    expect(await runner('salt.execute', 'web1', 'test.kwarg', ...given)).toEqual({ web1: { a: 1 } });
    expect(await runner('jobs.lookup_jid', jid, 'returned=False', 'missing=True')).toEqual({});
    expect(await runner('jobs.why', jid)).toEqual({ web1: expect.stringMatching(/^Ended well at /) as string });
    expect(await runner('salt.execute', 'web1', 'test.retcode', '[3]')).toEqual({ web1: true });
    const [failed] = Object.keys((await runner('jobs.list_jobs', 'search_function=test.retcode')) as object);
    expect(await runner('jobs.why', failed ?? '')).toEqual({
      web1: expect.stringMatching(/^Failed at .* UTC with retcode 3: True$/) as string,
    });
    expect(await runner('survey.hash', '*', 'test.echo', 'hi')).toEqual([{ pool: ['web1', 'web2'], result: 'hi' }]);
    const [first, second] = (await runner('survey.diff', '*', 'grains.get', 'id')) as {
      pool: string[];
      diff?: string;
    }[];
    expect([first?.pool, second?.pool]).toEqual([['web1'], ['web2']]);
    expect(second?.diff).toContain('-web1\n+web2\n');
  });

  it('run functions on the machine of the master, with its own files and pillar', async () => {
    fleet.folder.write(
      'states/here.sls',
      "here:\n  test.configurable_test_state:\n    - comment: {{ pillar['who'] }}\n",
    );
    fleet.folder.write('pillar/top.sls', "base:\n  'hq_master':\n    - hq\n");
    fleet.folder.write('pillar/hq.sls', 'who: {{ opts.id }}\n');
    expect(await runner('salt.cmd', 'test.arg', '1', 'two', 'a=3', '__dropped=4')).toEqual({
      args: [1, 'two'],
      kwargs: { a: 3 },
    });
    expect(await runner('salt.cmd', 'grains.get', 'id')).toBe('hq_master');
    expect(await runner('salt.cmd', 'pillar.get', 'who')).toBe('');
    expect(await runner('salt.cmd', 'pillar.get', 'who', 'with_pillar=True')).toBe('hq_master');
    const applied = await runner('salt.cmd', 'state.apply', 'here');
    expect(Object.values(applied as object)).toMatchObject([{ result: true, comment: 'hq_master' }]);
    const { status, stdout } = await fleet.run('salt-run', 'salt.cmd', 'no.such');
    expect([status, stdout]).toEqual([1, "'no.such' is not available.\n"]);
    expect((await fleet.run('salt-run', 'salt.cmd', 'test.retcode', '3')).status).toBe(1);
    expect((await fleet.run('salt-run', 'salt.cmd', 'test.exception', 'as asked')).stdout).toContain('as asked');
  });

  it('tell whom targets mean, and that there is nothing to do for the tree', async () => {
    expect(await runner('match.glob', 'web*')).toEqual(['web1', 'web2']);
    expect(await runner('match.compound', 'E@web. and not web1')).toEqual(['web2']);
    expect(await runner('match.grain', 'id:web1')).toEqual(['web1']);
    expect((await fleet.run('salt-run', 'match.glob', 'nobody')).stderr).toContain('No minions matched');
    expect(await runner('config.get', 'fileserver_events')).toBe(true);
    expect(await runner('config.get', 'file_roots/base/0', 'delimiter=/')).toBe(fleet.folder.at('states'));
    expect(await runner('config.get', 'no.such')).toBe('');
    expect(await runner('cache.mine')).toEqual({ web1: {}, web2: {} });
    expect(await runner('fileserver.update')).toBe(true);
    expect(await runner('fileserver.clear_cache')).toBe('No cache was cleared');
    expect(await runner('saltutil.sync_modules')).toEqual([]);
    expect(await runner('saltutil.sync_all')).toMatchObject({ runners: [], tokens: [], proxymodules: [] });
    expect((await fleet.run('salt-run', 'manage.safe_accept', 'web1')).stderr).toContain('join token');
    expect((await fleet.run('salt-run', 'manage.key_regen')).stderr).toContain('salt-key --rotate');
  });

  it('look for changes in the tree, and tell the event bus which', async () => {
    const watcher = await watchEvents(fleet);
    const file = fleet.folder.at('states', 'fresh.sls');
    const update = async (): Promise<unknown> => {
      const mark = watcher.mark();
      await runner('fileserver.update');
      const tag = /^salt\/fileserver\/roots\/update\s+/;
      return JSON.parse((await watcher.line((line) => tag.test(line), mark)).replace(tag, '')) as unknown;
    };
    await update();
    fleet.folder.write('states/fresh.sls', 'x: test.nop\n');
    const none = { changed: [], removed: [], added: [] };
    const common = { backend: 'roots', _stamp: expect.any(String) as string };
    expect(await update()).toEqual({ changed: true, files: { ...none, added: [file] }, ...common });
    utimesSync(file, 1, 1);
    expect(await update()).toEqual({ changed: true, files: { ...none, changed: [file] }, ...common });
    rmSync(file);
    expect(await update()).toEqual({ changed: true, files: { ...none, removed: [file] }, ...common });
    expect(await update()).toEqual({ changed: false, files: none, ...common });
    watcher.signal('SIGTERM');
  });

  it('keep values in banks, and tell what is kept of minions', async () => {
    expect(await runner('cache.store', 'my/bank', 'greeting', '{hello: world}')).toBe(null);
    expect(await runner('cache.fetch', 'my/bank', 'greeting')).toEqual({ hello: 'world' });
    expect(await runner('cache.list', 'my')).toEqual(['bank']);
    expect(await runner('cache.flush', 'my/bank', 'greeting')).toBe(null);
    expect(await runner('cache.fetch', 'my/bank', 'greeting')).toEqual({});
    expect(await runner('cache.list', 'minions')).toEqual(['web1', 'web2']);
    expect(await runner('cache.fetch', 'minions/web1', 'data')).toMatchObject({ grains: { id: 'web1' } });
    expect((await fleet.run('salt-run', 'cache.store', 'minions/web1', 'data', '{}')).status).toBe(1);
  });

  it('describe themselves and fail when asked to', async () => {
    expect((await fleet.run('salt-run', '-d', 'survey.hash')).stdout).toContain("salt-run survey.hash '*'");
    expect(await runner('doc.execution', 'test.ping')).toEqual({ 'test.ping': expect.any(String) as string });
    expect(Object.keys((await runner('doc.wheel', 'key.accept')) as object)).toEqual(['key.accept']);
    expect(await fleet.run('salt-run', 'error.error', 'name=Boom', 'message=as asked')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'salt-run: Boom: as asked\n',
    });
    expect(await runner('error.error')).toEqual({});
    expect(await fleet.run('salt-run', 'test.stdout_print')).toEqual({ status: 0, stdout: 'foo\nbar\n', stderr: '' });
    expect(await runner('test.metasyntactic', 'locality=uk')).toEqual(['wibble', 'wobble', 'wubble', 'flob']);
  });
});
