import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';
import { blockScalar, createSecretKey } from './secret-key.ts';

const canary = 'CANARY-gpg-5f3a91d2';
let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  const key = createSecretKey(folder.at('gpg'));
  folder.write(
    'pillar/top.sls',
    "base:\n  '*':\n    - common\n  'db1':\n    - database\n    - called\n  'bad':\n    - broken\n",
  );
  folder.write('states/motd', 'of {{ grains.id }}\n');
  folder.write(
    'pillar/called.sls',
    `called:
  peers: {{ salt['saltutil.runner']('match.glob', arg=['web*']) | tojson }}
  motd: {{ salt['cp.get_file_str']('salt://motd') | tojson }}
  rendered: {{ salt['slsutil.renderer']('salt://motd', default_renderer='jinja') | tojson }}
  master: {{ salt['config.get']('gpg_keydir') | tojson }}
  printed: {{ salt['cmd.run']('echo here') }}
`,
  );
  folder.write('pillar/common.sls', 'colour: green\nname: {{ grains.id }}\n');
  folder.write('pillar/database.sls', `#!yaml|gpg\npassword: ${blockScalar(key.encrypt(canary))}`);
  folder.write('pillar/broken.sls', 'port: 80\nhost: {{ nothing.here }}\n');
  folder.write(
    'states/app.sls',
    `conf:
  file.managed:
    - name: {{ opts.root_dir }}/app.conf
    - contents: "password={{ pillar.get('password', 'none') }}"
    - mode: '0600'
    - show_changes: False
`,
  );
  await fleet.startMaster({ gpg_keydir: folder.at('gpg'), log_level: 'trace', pillar_cache: true });
  await fleet.join('web1', 'db1', 'bad');
});

afterAll(async () => {
  await fleet.end();
});

/** Files of the scratch folder that hold a text. */
function filesWith(text: string): readonly string[] {
  return readdirSync(fleet.folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
    .map((path) => path.slice(fleet.folder.path.length + 1));
}

describe('pillar', () => {
  it('is each minion’s own, and an encrypted value reaches only the one it is meant for', async () => {
    expect(await fleet.json('salt', '--static', '-L', 'web1,db1', 'state.apply', 'app')).toMatchObject({
      db1: { [`file_|-conf_|-${fleet.folder.at('db1/app.conf')}_|-managed`]: { result: true } },
      web1: { [`file_|-conf_|-${fleet.folder.at('web1/app.conf')}_|-managed`]: { result: true } },
    });
    expect(readFileSync(fleet.folder.at('db1/app.conf'), 'utf8')).toBe(`password=${canary}\n`);
    expect(statSync(fleet.folder.at('db1/app.conf')).mode & 0o777).toBe(0o600);
    expect(readFileSync(fleet.folder.at('web1/app.conf'), 'utf8')).toBe('password=none\n');
    expect(await fleet.json('salt', '--static', 'web1', 'pillar.items')).toEqual({
      web1: { colour: 'green', name: 'web1' },
    });
  });

  it('calls functions on the master, runners among them', async () => {
    expect(await fleet.json('salt', '--static', 'db1', 'pillar.get', 'called')).toEqual({
      db1: {
        peers: ['web1'],
        motd: 'of {{ grains.id }}\n',
        rendered: 'of db1\n',
        master: fleet.folder.at('gpg'),
        printed: 'here',
      },
    });
  });

  it('is pinned by a run, which says which version that was', async () => {
    const job = async (fun: string): Promise<{ readonly Result: Record<string, Record<string, unknown>> }> => {
      const jobs = (await fleet.json('salt-run', 'jobs.list_jobs', `search_function=${fun}`)) as object;
      return fleet.json('salt-run', 'jobs.list_job', String(Object.keys(jobs)[0])) as ReturnType<typeof job>;
    };
    const { web1 } = (await fleet.json('salt', 'web1', 'pillar.refresh_pillar')) as { readonly web1: string };
    expect((await fleet.run('salt', 'web1', 'state.apply', 'app')).stdout).not.toContain('Pillar version');
    expect((await fleet.run('salt', '--verbose', 'web1', 'state.apply', 'app')).stdout).toContain(
      `Pillar version: ${web1}`,
    );
    await fleet.run('salt', 'web1', 'test.ping');
    const pinned = (await job('state.apply')).Result['web1'];
    expect(pinned).toMatchObject({ retcode: 0, success: true, pillar_version: web1 });
    expect((await job('test.ping')).Result).toEqual({ web1: { return: true, retcode: 0, success: true } });
    expect(web1).toMatch(/^[\da-f]{16}$/);
  });

  it('is kept with pillar_cache until a minion refreshes it or somebody clears it', async () => {
    const colour = async (): Promise<unknown> => fleet.json('salt', 'web1', 'pillar.get', 'colour');
    expect(await colour()).toEqual({ web1: 'green' });
    fleet.folder.write('pillar/common.sls', 'colour: blue\nname: {{ grains.id }}\n');
    expect(await colour()).toEqual({ web1: 'green' });
    expect(await fleet.json('salt-run', 'pillar.show_pillar_cache', 'web1')).toEqual({
      web1: { colour: 'green', name: 'web1' },
    });
    await fleet.run('salt', 'web1', 'saltutil.refresh_pillar');
    expect(await colour()).toEqual({ web1: 'blue' });
    fleet.folder.write('pillar/common.sls', 'colour: green\nname: {{ grains.id }}\n');
    expect(await colour()).toEqual({ web1: 'blue' });
    expect(await fleet.json('salt-run', 'pillar.clear_pillar_cache', 'web*')).toEqual({});
    expect(await colour()).toEqual({ web1: 'green' });
    expect(await fleet.json('salt-run', 'pillar.show_pillar_cache', 'db1')).toEqual({
      db1: {
        colour: 'green',
        name: 'db1',
        password: expect.stringMatching(/^secret:password#/) as string,
        called: expect.any(Object) as object,
      },
    });
  });

  it('leaves an encrypted value in no log, no cache, no journal and no job store', () => {
    expect(filesWith(canary)).toEqual(['db1/app.conf']);
  });

  it('that does not compile stops the run and names file and line', async () => {
    const { status, stdout } = await fleet.run('salt', 'bad', 'state.apply', 'app');
    expect(status).toBe(1);
    expect(stdout).toContain('broken.sls:2');
    expect(stdout).not.toMatch(/^\s+at .+:\d+:\d+/m);
    expect(filesWith('password=none')).toEqual(['web1/app.conf']);
  });
});
