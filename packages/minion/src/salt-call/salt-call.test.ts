import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSaltCall } from './salt-call.ts';

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-call-'));
  put('etc/minion', `root_dir: ${root}\nfile_client: local\nid: web1\ngrains: {role: web}\n${roots()}`);
  put('pillar/top.sls', "base:\n  '*': [site]\n");
  put('pillar/site.sls', 'port: 8080\nhost: {{ grains.id }}.lan\n');
});

afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const roots = (): string => `file_roots: {base: [${root}/salt]}\npillar_roots: {base: [${root}/pillar]}\n`;

function put(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

const call = (...words: string[]): Promise<Ended> => callAt({ isInteractive: false }, ...words);

async function callAt({ isInteractive }: { readonly isInteractive: boolean }, ...words: string[]): Promise<Ended> {
  let out = '';
  let error = '';
  const terminal = {
    out: async (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    isInteractive,
  };
  const status = await runSaltCall(['-c', path.join(root, 'etc'), ...words], terminal, new AbortController().signal);
  return { status, out, error };
}

/** The answer of a call as JSON. */
async function answer(...words: string[]): Promise<unknown> {
  const { out, error } = await call('--out', 'json', ...words);
  if (out === '') throw new Error(error);
  return (JSON.parse(out) as { readonly local: unknown }).local;
}

/** Another process with a state run under way; it ends when the file `go` appears. */
async function holdLock(): Promise<{ readonly pid: number; readonly ended: Promise<unknown>; kill(): void }> {
  const line = `touch ${root}/begun; until [ -e ${root}/go ] || [ ! -d ${root} ]; do sleep 0.05; done`;
  put('salt/slow.sls', `hold:\n  cmd.run:\n    - name: ${line}\n`);
  put('salt/quick.sls', 'nothing:\n  test.nop: []\n');
  const program = fileURLToPath(new URL('../../../../bin/salt-call', import.meta.url));
  const words = ['-c', path.join(root, 'etc'), 'state.apply', 'slow'];
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!fs.existsSync(path.join(root, 'begun'))) await new Promise((resolve) => setImmediate(resolve));
  return { pid: child.pid ?? 0, ended, kill: () => child.kill('SIGKILL') };
}

describe('salt-call', () => {
  it('prints the answer of a function below "local"', async () => {
    expect(await call('test.ping')).toEqual({ status: 0, out: 'local:\n    True\n', error: '' });
  });

  it('reads arguments as Salt does', async () => {
    expect(await answer('test.arg_clean', '1', 'two', 'three=[4, 5.0]')).toEqual({
      args: [1, 'two'],
      kwargs: { three: [4, 5] },
    });
  });

  it('shows pillar and grains of a masterless minion', async () => {
    expect(await answer('pillar.items')).toEqual({ port: 8080, host: 'web1.lan' });
    expect(await answer('pillar.data')).toEqual({ port: 8080, host: 'web1.lan' });
    expect(await answer('grains.item', 'id', 'role')).toEqual({ id: 'web1', role: 'web' });
  });

  it('applies states: foretells, changes, and finds nothing more to change', async () => {
    put('salt/web.sls', `${root}/site.conf:\n  file.managed:\n    - source: salt://site.conf\n    - template: jinja\n`);
    put('salt/site.conf', 'listen {{ pillar.port }}\n');
    const outcomes: unknown[] = [];
    for (const words of [['test=True'], [], []]) {
      const states = (await answer('state.apply', 'web', ...words)) as Record<
        string,
        { result: unknown; changes: unknown }
      >;
      const [{ result, changes } = { result: undefined, changes: undefined }] = Object.values(states);
      outcomes.push([result, changes, fs.existsSync(path.join(root, 'site.conf'))]);
    }
    expect(outcomes).toEqual([
      [null, expect.anything(), false],
      [true, { diff: 'New file', mode: '0644' }, true],
      [true, {}, true],
    ]);
    expect(read('site.conf')).toBe('listen 8080\n');
  });

  it('lets states see the pillar given with the call', async () => {
    put(
      'salt/p.sls',
      `${root}/p:\n  file.managed:\n    - contents: {{ pillar.port }} {{ salt['pillar.get']('extra') }}\n`,
    );
    await answer('state.apply', 'p', "pillar={'port': 1, 'extra': 'x'}");
    expect(read('p')).toBe('1 x\n');
  });

  it('ends with 1 when a state fails, and with its retcode when asked to', async () => {
    put('salt/bad.sls', 'broken:\n  test.fail_without_changes: []\n');
    expect((await call('state.apply', 'bad')).status).toBe(1);
    // As in Salt, what one chunk or high data answers is shown as it is.
    const low = '{state: test, fun: nop, name: x, __id__: x, __sls__: s}';
    expect((await call('state.low', low)).out).toMatch(/^local:\n {4}-+\n {4}__id__:\n {8}x\n/);
    expect((await call('state.high', '{x: {test.nop: []}}')).out).toContain('\n    test_|-x_|-x_|-nop:\n');
    expect((await call('--retcode-passthrough', 'state.apply', 'bad')).status).toBe(2);
    expect((await call('--retcode-passthrough', 'test.retcode', '7')).status).toBe(7);
  });

  it('refuses a run while another process is at one, naming it, and waits its turn with queue=True', async () => {
    const other = await holdLock();
    const { status, out } = await call('--out', 'json', 'state.apply', 'quick');
    expect(status).toBe(1);
    expect(JSON.parse(out)).toEqual({
      local: [
        expect.stringMatching(
          new RegExp(
            `^The function "state\\.apply" is running as PID ${other.pid} and was started at .* with jid \\d{20}$`,
          ),
        ),
      ],
    });
    const queued = answer('state.apply', 'quick', 'queue=True');
    put('go', '');
    expect(Object.values((await queued) as object)).toHaveLength(1);
    await other.ended;
  });

  it('is not held up by a run that was killed', async () => {
    const other = await holdLock();
    other.kill();
    await other.ended;
    expect((await call('state.apply', 'quick')).status).toBe(0);
    put('go', '');
  });

  it('writes the output to a file when told to, and appends when told to', async () => {
    const file = path.join(root, 'answer.json');
    expect(await call('--out', 'json', '--out-indent=-1', '--out-file', file, 'test.ping')).toEqual({
      status: 0,
      out: '',
      error: '',
    });
    await call('--out', 'json', '--out-indent=-1', '--out-file', file, '--out-file-append', 'test.ping');
    expect(read('answer.json')).toBe('{"local": true}\n{"local": true}\n');
  });

  it('tells the version of the pillar that a run worked with to people, and with --metadata', async () => {
    put('salt/s.sls', 'own: {test.nop: []}\n');
    const version = (await answer('pillar.version')) as string;
    const line = `Pillar version: ${version}`;
    expect((await callAt({ isInteractive: true }, 'state.apply', 's', '--no-color')).out).toContain(`\n${line}\n`);
    expect((await call('state.apply', 's')).out).not.toContain(line);
    expect(await answer('--metadata', 'state.apply', 's')).toMatchObject({
      fun: 'state.apply',
      pillar_version: version,
    });
  });

  it('shows what is known of the call with --metadata', async () => {
    expect(await answer('--metadata', '--set-metadata', '{ticket: 7}', 'test.echo', 'hi')).toEqual({
      jid: expect.stringMatching(/^\d{20}$/) as string,
      return: 'hi',
      retcode: 0,
      id: 'web1',
      fun: 'test.echo',
      fun_args: ['hi'],
      metadata: { ticket: 7 },
    });
  });

  it('leaves the grains alone when told to', async () => {
    expect(JSON.parse((await call('--skip-grains', '-g', '--out', 'json')).out)).toEqual({
      local: { id: 'web1', role: 'web' },
    });
  });

  it.each([
    [['nginxx.reload'], "'nginxx.reload' is not available"],
    [['test.echo'], "missing 1 required positional argument: 'text'"],
    [['test.exception', 'the cat ate the cable'], "Error running 'test.exception': the cat ate the cable"],
    [['--no-such-thing', 'test.ping'], "unknown option '--no-such-thing'"],
  ])('says in a line what is wrong with %j', async (words, text) => {
    const { status, out, error } = await call(...words);
    expect([status === 0, out]).toEqual([false, '']);
    expect(error).toContain(text);
    expect(error).not.toMatch(/^\s+at /m);
  });

  it('names file and line of a configuration that cannot be used', async () => {
    put('etc/minion', 'id: web1\nmaster_port: often\n');
    const { status, error } = await call('test.ping');
    expect(status).toBe(1);
    expect(error).toContain(`${root}/etc/minion:2`);
    expect(error).toContain('master_port');
  });

  it('names file and line of a state that cannot be rendered', async () => {
    put('salt/web.sls', 'a:\n  test.nop: []\n{{ nothing.here }}\n');
    const { status, out } = await call('--out', 'json', 'state.apply', 'web');
    expect(status).toBe(1);
    expect(out).toContain('web.sls');
    expect(out).toContain('line 3');
  });

  it('lays the file of localconfig over its configuration for a run', async () => {
    put('salt/s.sls', 'own: {test.nop: []}\n');
    put(
      'other/s.sls',
      "{{ opts.get('marker') }}-{{ salt['config.get']('marker') }}-{{ pillar.port }}-{{ opts.id }}: {test.nop: []}\n",
    );
    put('local', `file_roots: {base: [${root}/other]}\nmarker: x\nid: other\ncachedir: /nowhere\n`);
    const ids = async (...words: string[]): Promise<string[]> =>
      Object.keys((await answer('state.apply', 's', ...words)) as object).map((tag) => tag.split('_|-')[1] ?? '');
    expect(await ids(`localconfig=${root}/local`)).toEqual(['x-x-8080-other']);
    expect(await ids()).toEqual(['own']);
    expect((await call('state.apply', 's', `localconfig=${root}/none`)).error).toBe(
      `Error running 'state.apply': localconfig: ${root}/none does not exist\n`,
    );
    put('local', '- a\n');
    expect((await call('state.apply', 's', `localconfig=${root}/local`)).error).toContain('is not a configuration');
  });

  it('syncs the kinds of modules that sync_mods names, and warns of one that does not exist', async () => {
    put('salt/s.sls', 'own: {test.nop: []}\n');
    put('salt/_states/mine.py', '# Python\n');
    const { status, error } = await call('state.apply', 's', 'sync_mods=bogus,states');
    expect([status, error.includes('sync_mods names no kind of modules')]).toEqual([0, true]);
    expect(error).toContain('mine.py');
  });

  it('syncs modules of grains, whose grains lie between the core and those set by hand', async () => {
    put(
      'salt/_grains/site.py',
      'def f(): return {"site": "berlin", "role": "module", "os": "Mine", "uid": "none", "own": 1}\n',
    );
    put('salt/_grains/more.mjs', 'export const f = ({ grains }) => ({ seen: grains.os });\n');
    put('salt/_modules/mine.py', '');
    put('etc/grains', 'own: file\n');
    expect(await answer('saltutil.sync_grains')).toEqual(['grains.more', 'grains.site']);
    expect(await answer('saltutil.sync_grains')).toEqual([]);
    expect(await answer('grains.item', 'site', 'role', 'os', 'uid', 'own', 'seen')).toEqual({
      ...{ site: 'berlin', role: 'web', os: 'Mine', uid: process.getuid?.(), own: 'file' },
      seen: expect.stringMatching(/^(?!Mine)./) as string,
    });
    expect(fs.statSync(path.join(root, 'var/cache/salt/minion/extmods/grains/site.py')).mode & 0o777).toBe(0o600);
    fs.rmSync(path.join(root, 'salt/_grains/more.mjs'));
    put('salt/_grains/site.py', 'def f(): return {"site": "paris"}\n');
    const { out, error } = await call('--out', 'json', 'saltutil.sync_all');
    expect(JSON.parse(out)).toMatchObject({ local: { grains: ['grains.site'], modules: [], pillar: [] } });
    expect(error).toContain('mine.py');
    expect(await answer('saltutil.list_extmods')).toEqual({ grains: ['site'] });
    expect(await answer('grains.item', 'site', 'seen')).toEqual({ site: 'paris', seen: '' });
  });

  it('syncs modules of grains before a highstate, whose states and pillar see their grains', async () => {
    put('salt/top.sls', "base:\n  '*': [s]\n  'site:berlin': [{match: grain}, more]\n");
    put(
      'salt/s.sls',
      '{{ grains.get("site", "none") }}-{{ opts.grains.get("site") }}-{{ pillar.place }}: {test.nop: []}\n',
    );
    put('salt/more.sls', '{{ salt["grains.get"]("site", "none") }}: {test.nop: []}\n');
    put('pillar/site.sls', 'place: {{ grains.get("site", "none") }}\n');
    put('salt/_grains/site.py', 'def f(): return {"site": "berlin"}\n');
    const ids = async (...words: string[]): Promise<string[]> =>
      Object.keys((await answer(...words)) as object).map((tag) => tag.split('_|-')[1] ?? '');
    put('etc/minion', `${read('etc/minion')}autoload_dynamic_modules: false\n`);
    expect(await ids('state.apply')).toEqual(['none-None-none']);
    put('etc/minion', read('etc/minion').replace('autoload_dynamic_modules: false', 'clean_dynamic_modules: true'));
    expect(await ids('state.apply')).toEqual(['berlin-berlin-berlin', 'berlin']);
    fs.rmSync(path.join(root, 'salt/_grains'), { recursive: true });
    expect(await ids('state.highstate')).toEqual(['none-None-none']);
  });

  it('says what to do when no master is named', async () => {
    put('etc/minion', `root_dir: ${root}\nid: web1\nmaster: ''\n`);
    const { status, error } = await call('test.ping');
    expect([status, error]).toEqual([1, 'the configuration names no master: set `master`\n']);
  });
});
