import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from '../fleet/fleet.ts';
import { createHeldCommand, type HeldCommand } from '../fleet/held-command.ts';
import { blockScalar, createSecretKey } from '../fleet/secret-key.ts';
import { watchEvents } from '../fleet/watch-events.ts';

const canary = 'CANARY-word-8c1fd06e-8d2b';
const keyLines = ['CANARY-line-1-66e0a4c1b7', 'CANARY-line-2-19d7b3f05e'];
const fileLines = ['-----BEGIN CANARY KEY-----', ...keyLines, '-----END CANARY KEY-----'];
const boxed = 'CANARY-boxed-41d7a0c2-77e9';
const forms = [canary, boxed, ...keyLines].flatMap((text) => [text, Buffer.from(text).toString('base64').slice(0, -4)]);

let fleet: Fleet;
let held: HeldCommand;
let apiPort = 0;
/** What `nacl.enc` made of the boxed canary. */
let sealed: string;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  const key = createSecretKey(folder.at('gpg'));
  folder.write('pillar/top.sls', "base:\n  '*':\n    - secrets\n    - boxes\n");
  folder.write(
    'pillar/secrets.sls',
    `#!yaml|gpg
word: ${blockScalar(key.encrypt(canary))}key: ${blockScalar(key.encrypt(fileLines.join('\n')))}`,
  );
  folder.write('states/conf.jinja', 'word={{ pillar.word }}\n');
  folder.write('states/app.sls', app);
  folder.write('states/broken.sls', '{{ pillar.word }}:\n  test.nop: []\n{{ pillar.word }}:\n  test.nop: []\n');
  folder.write('states/undefined.sls', 'here:\n  test.nop:\n    - name: {{ none[pillar.word] }}\n');
  const keys = {
    gpg_keydir: folder.at('gpg'),
    'nacl.config': { sk_file: folder.at('nacl'), pk_file: folder.at('nacl.pub') },
  };
  const masterless = { file_client: 'local', ...keys, log_level_logfile: 'trace' };
  const roots = { file_roots: { base: [folder.at('states')] }, pillar_roots: { base: [folder.at('pillar')] } };
  folder.configureMinion('alone', { ...masterless, ...roots, log_file: folder.at('alone/log') });
  await fleet.call('alone', 'nacl.keygen', `sk_file=${folder.at('nacl')}`);
  sealed = (await fleet.call('alone', 'nacl.enc', boxed, '--out=newline_values_only')).stdout.trim();
  folder.write('pillar/boxes.sls', `#!yaml|nacl\nboxed: NACL[${sealed}]\n`);
  held = createHeldCommand(folder, 'held');
  folder.write(
    'states/held.sls',
    `key:\n  file.managed:\n    - name: {{ opts.root_dir }}/key.pem\n    - contents_pillar: key\n    - mode: '0600'\nhold:\n  cmd.run:\n    - name: ${JSON.stringify(`: '{{ pillar.word }}' {{ pillar.boxed }}; ${held.line}`)}\n`,
  );
  const master = await fleet.startMaster({
    ...{ ...keys, log_level: 'trace' },
    ...{ ext_job_cache: 'rawfile_json', event_return: 'rawfile_json' },
    rawfile_json: { filename: folder.at('returned.json') },
    netapi_enable_clients: ['local', 'runner'],
    rest_cherrypy: { port: 0, host: '127.0.0.1', disable_ssl: true },
    external_auth: { sharedsecret: { ada: ['.*', '@runner', '@jobs'] } },
    sharedsecret: 'a word for the API',
  });
  apiPort = Number((await master.logged('http api listens'))['port']);
  fleet.startMinion('db1', { 'rawfile_json.filename': folder.at('db1-returned.json') });
  await master.logged('key changed', { id: 'db1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await master.logged('minion connected', { minion: 'db1' });
});

afterAll(async () => {
  await fleet.end();
});

const app = `{% set folder = opts.root_dir %}
template:
  file.managed:
    - name: {{ folder }}/template.conf
    - source: salt://conf.jinja
    - template: jinja
    - mode: '0600'
key:
  file.managed:
    - name: {{ folder }}/key.pem
    - contents_pillar: key
    - mode: '0600'
line:
  file.append:
    - name: {{ folder }}/template.conf
    - text: "again={{ pillar.word }}"
print:
  cmd.run:
    - name: printf '%s' '{{ pillar.word }}' | base64; echo '{{ pillar.boxed }}'; echo '{{ pillar.word }}' >&2
id of {{ pillar.word }}:
  test.configurable_test_state:
    - changes: true
    - result: true
    - comment: comment of {{ pillar.word }}
fail:
  cmd.run:
    - name: "false '{{ pillar.word }}'"
event:
  event.send:
    - name: app/deployed
    - data: {word: '{{ pillar.word }}'}
unknown argument:
  file.managed:
    - name: {{ folder }}/none
    - '{{ pillar.word }}': true
{% do salt['log.warning']('a template says ' ~ pillar.word) %}
`;

const managed = ['template.conf', 'key.pem'];

/** Files of the scratch folder that hold a secret in any form, below the given folders. */
function filesWithSecrets(): readonly string[] {
  return readdirSync(fleet.folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readIfThere(path);
      return forms.some((form) => content.includes(form));
    })
    .map((path) => path.slice(fleet.folder.path.length + 1))
    .toSorted();
}

/** What is handed on at this moment may be gone. */
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** A process may end while it is looked at. */
function readProcess(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function expectNoSecret(text: string): void {
  for (const form of forms) expect(text).not.toContain(form);
}

describe('a masterless run', () => {
  it.each([
    ['app'],
    ['app', '--out=json'],
    ['app', '--state-output=terse', '--metadata'],
    ['app', 'test=True', '--hard-crash'],
    ['broken'],
    ['undefined', '--hard-crash'],
  ])('of %j writes the true values where they belong, and shows fingerprints', async (...words) => {
    for (const name of managed) rmSync(fleet.folder.at('alone', name), { force: true });
    const { stdout, stderr } = await fleet.call('alone', '-l', 'all', 'state.apply', ...words);
    expectNoSecret(stdout + stderr);
    expect(stdout + stderr).toMatch(/secret:word#[0-9a-f]{4}/);
  });

  it('leaves the true values in the files that were asked for alone', async () => {
    await fleet.call('alone', 'state.apply', 'app');
    expect(readFileSync(fleet.folder.at('alone/template.conf'), 'utf8')).toBe(`word=${canary}\nagain=${canary}\n`);
    expect(readFileSync(fleet.folder.at('alone/key.pem'), 'utf8')).toBe(`${fileLines.join('\n')}\n`);
    expect(filesWithSecrets()).toEqual(['alone/key.pem', 'alone/template.conf']);
    expect(statSync(fleet.folder.at('alone/etc/salt/pki/minion/redaction.key')).mode & 0o777).toBe(0o600);
  });

  it('shows a value to whoever asks for the pillar, or for secrets', async () => {
    const shown = await fleet.call('alone', 'pillar.get', 'word', '--out=txt');
    const hidden = await fleet.call('alone', 'cmd.run', 'echo {{ pillar.word }}', 'template=jinja', '--out=txt');
    const asked = await fleet.call(
      ...(['alone', 'cmd.run', 'echo {{ pillar.word }}', 'template=jinja', '--out=txt', '--show-secrets'] as const),
    );
    expect([shown.stdout, asked.stdout]).toEqual([`local: ${canary}\n`, `local: ${canary}\n`]);
    expect(hidden.stdout).toMatch(/^local: secret:word#[0-9a-f]{4}\n$/);
  });
});

describe('a fleet', () => {
  it('keeps secrets out of what the master is told, prints, logs and stores', async () => {
    const outputs = [
      await fleet.run('salt', 'db1', 'state.apply', 'app'),
      await fleet.run('salt', 'db1', 'state.apply', 'broken'),
      await fleet.run('salt', 'db1', 'pillar.items'),
      await fleet.call('db1', 'pillar.items'),
      await fleet.run('salt-run', 'pillar.show_pillar', 'db1'),
      await fleet.run('salt-run', 'cache.pillar', 'db1'),
      await fleet.run('salt', 'db1', 'pillar.why', 'word'),
    ];
    for (const { stdout, stderr } of outputs) {
      expectNoSecret(stdout + stderr);
      expect(stdout + stderr).toMatch(/secret:word#[0-9a-f]{4}/);
    }
    const prints = outputs.map(({ stdout }) => /secret:word#[0-9a-f]{4}/.exec(stdout)?.[0]);
    expect(new Set(prints).size).toBe(1);
    const mine = managed.map((name) => `db1/${name}`);
    expect(filesWithSecrets().filter((file) => !file.startsWith('alone/'))).toEqual(mine.toSorted());
  });

  it('keeps them out of answers of the HTTP API, and of what returners write', async () => {
    const ask = async (path: string, body?: unknown, token = ''): Promise<Response> =>
      fetch(`http://127.0.0.1:${apiPort}${path}`, {
        headers: { accept: 'application/json', 'content-type': 'application/json', 'x-auth-token': token },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
    const user = { username: 'ada', password: 'a word for the API', eauth: 'sharedsecret' };
    const token = (await ask('/login', user)).headers.get('x-auth-token') ?? '';
    const local = { client: 'local', tgt: 'db1' };
    const chunks = [
      { ...local, fun: 'state.apply', arg: ['app'] },
      { ...local, fun: 'pillar.items' },
      { ...local, fun: 'cmd.run', arg: ['echo {{ pillar.word }}'], kwarg: { template: 'jinja' } },
      { client: 'runner', fun: 'pillar.show_pillar', arg: ['db1'] },
      { client: 'runner', fun: 'cache.fetch', arg: ['minions/db1', 'data'] },
    ];
    for (const chunk of chunks) {
      const text = await (await ask('/', [chunk], token)).text();
      expectNoSecret(text);
      expect(text).toMatch(/secret:word#[0-9a-f]{4}/);
    }
    const jobs = (await (await ask('/jobs', undefined, token)).json()) as { readonly return: readonly [object] };
    for (const jid of Object.keys(jobs.return[0])) {
      expectNoSecret(await (await ask(`/jobs/${jid}`, undefined, token)).text());
    }
    // The master hands on events, the minion its returns.
    for (const file of ['returned.json', 'db1-returned.json']) {
      const told = (): string => readFileSync(fleet.folder.at(file), 'utf8');
      await expect.poll(told).toMatch(/secret:word#[0-9a-f]{4}/);
      expectNoSecret(told());
    }
  });

  it('keeps them out of the process list while a run works with them', async () => {
    rmSync(fleet.folder.at('db1/key.pem'), { force: true });
    const run = fleet.run('salt', 'db1', 'state.apply', 'held');
    await held.begun();
    let shown = '';
    const look = (): string => {
      const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      const texts = processes.flatMap((pid) =>
        ['cmdline', 'environ'].map((file) => readProcess(`/proc/${pid}/${file}`)),
      );
      shown += `${texts.join('\n')}\n`;
      return shown;
    };
    // The line is nowhere to be seen, what it starts is: a moment later than it began.
    await expect.poll(look).toContain('held.fifo');
    await held.release();
    expectNoSecret(shown);
    expect((await run).status).toBe(0);
    expect(readFileSync(fleet.folder.at('db1/key.pem'), 'utf8')).toBe(`${fileLines.join('\n')}\n`);
  });

  it('keeps what a job decrypts out of its answer, of events and of what is stored', async () => {
    const watcher = await watchEvents(fleet);
    const keys = `sk_file=${fleet.folder.at('nacl')}`;
    const decrypted = await fleet.run('salt', 'db1', 'nacl.dec', `data=${sealed}`, keys);
    const applied = await fleet.run('salt', 'db1', 'state.apply', 'app');
    for (const { stdout, stderr } of [decrypted, applied]) expectNoSecret(stdout + stderr);
    expect(decrypted.stdout).toMatch(/^db1:\n {4}secret#[0-9a-f]{6}\n$/);
    watcher.signal('SIGINT');
    const { stdout: events } = await watcher.ended;
    expect(events).toContain('app/deployed');
    expectNoSecret(events);
    const mine = managed.map((name) => `db1/${name}`);
    expect(filesWithSecrets().filter((file) => !file.startsWith('alone/'))).toEqual(mine.toSorted());
  });

  it('shows them to who asks with a job and may, and to nobody else', async () => {
    const watcher = await watchEvents(fleet);
    const pillar = { word: canary, key: fileLines.join('\n'), boxed };
    expect(await fleet.json('salt', 'db1', 'pillar.items', '--show-secrets')).toEqual({ db1: pillar });
    expect(await fleet.json('salt', 'db1', 'pillar.get,test.ping', 'word', ',', '--show-secrets')).toEqual({
      db1: { 'pillar.get': canary, 'test.ping': true },
    });
    expect(await fleet.json('salt', '*', '-b', '1', 'pillar.item', 'boxed', '--show-secrets', '--static')).toEqual({
      db1: { boxed },
    });
    const shown = await fleet.json('salt-run', 'pillar.show_pillar', 'db1', 'show_secrets=True');
    const jobs = (await fleet.json('salt-run', 'jobs.list_jobs')) as Record<string, { readonly Function: string }>;
    const jid = Object.keys(jobs).find((id) => jobs[id]?.Function === 'pillar.items');
    const kept = await fleet.run('salt-run', 'jobs.lookup_jid', String(jid));
    watcher.signal('SIGINT');
    const { stdout: events } = await watcher.ended;
    expect(shown).toEqual(pillar);
    expect(events).toMatch(/secret:word#[0-9a-f]{4}/);
    expect(kept.stdout).toMatch(/secret:word#[0-9a-f]{4}/);
    expectNoSecret(events + kept.stdout);
    const mine = managed.map((name) => `db1/${name}`);
    expect(filesWithSecrets().filter((file) => !file.startsWith('alone/'))).toEqual(mine.toSorted());
    const alone = await fleet.run('salt', 'db1', 'pillar.items', '--show-secrets', '--async');
    expect(alone).toMatchObject({ status: 64, stderr: expect.stringContaining('does not go with --async') as string });
  });

  it('lets runners encrypt and decrypt, and tells events neither what nor with what result', async () => {
    const watcher = await watchEvents(fleet);
    const box = String(await fleet.json('salt-run', 'nacl.enc', boxed));
    expect(await fleet.json('salt-run', 'nacl.dec', `data=${box}`)).toBe(boxed);
    expect(await fleet.json('salt-run', 'nacl.sealedbox_decrypt', `data=${box}`)).toBe(boxed);
    const forMaster = String(await fleet.json('salt-run', 'nacl.enc_pub', boxed));
    expect(await fleet.json('salt-run', 'nacl.dec', `data=${forMaster}`)).toBe(boxed);
    const own = (await fleet.json('salt-run', 'nacl.keygen')) as { readonly sk: string; readonly pk: string };
    const shared = String(await fleet.json('salt-run', 'nacl.secretbox_encrypt', boxed, `sk=${own.sk}`));
    expect(await fleet.json('salt-run', 'nacl.secretbox_decrypt', `data=${shared}`, `sk=${own.sk}`)).toBe(boxed);
    const message = String(await fleet.json('salt-run', 'gpg.encrypt', canary));
    expect(message).toMatch(/^-----BEGIN PGP MESSAGE-----\n/);
    fleet.folder.write('message.asc', message);
    const filename = `filename=${fleet.folder.at('message.asc')}`;
    for (const given of [filename, `text=${message}`]) {
      expect(await fleet.json('salt-run', 'gpg.decrypt', given)).toBe(canary);
    }
    expect((await fleet.run('salt-run', 'gpg.encrypt', 'text=two\nlines')).status).not.toBe(0);
    expect(await fleet.json('salt-run', 'gpg.list_keys')).toMatchObject([{ secret: true }]);
    expect(await fleet.json('salt-run', 'gpg.export_key')).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/);
    const failed = await fleet.run('salt-run', 'nacl.dec', 'bm9uc2Vuc2U=');
    expect(failed.status).not.toBe(0);
    watcher.signal('SIGINT');
    const { stdout: events } = await watcher.ended;
    expect(events).toContain('runner.nacl.dec');
    expectNoSecret(events);
    expect(events).not.toContain(own.sk);
    const mine = managed.map((name) => `db1/${name}`);
    expect(filesWithSecrets().filter((file) => !file.startsWith('alone/'))).toEqual(mine.toSorted());
  });

  it('shows them to an operator who asks', async () => {
    const master = await fleet.json('salt-run', 'pillar.show_pillar', 'db1', 'show_secrets=True');
    const minion = await fleet.call('db1', 'pillar.items', '--show-secrets', '--out=json');
    const pillar = { word: canary, key: fileLines.join('\n'), boxed };
    expect(master).toEqual(pillar);
    expect(JSON.parse(minion.stdout)).toEqual({ local: pillar });
  });
});

describe('secrets among arguments', () => {
  const word = 'CANARY-argument-3f90ab27-11d4';
  const states = `account:
  mysql_user.present:
    - name: ann
    - host: localhost
    - connection_unix_socket: {{ opts.root_dir }}/none/mysqld.sock
    - password: ${word}
file:
  webutil.user_exists:
    - name: ann
    - htpasswd_file: {{ opts.root_dir }}/none/htpasswd
    - password: ${word}
print:
  cmd.run:
    - name: echo '${word}'; echo '${word}' >&2
single:
  module.run:
    - hashutil.hmac_compute:
      - string: text
      - shared_secret: ${word}
`;

  it('are in nothing that a masterless run shows or logs', async () => {
    fleet.folder.write('states/accounts.sls', states);
    for (const words of [[], ['test=True'], ['--out=json', '--hard-crash']]) {
      const { stdout, stderr } = await fleet.call('alone', '-l', 'all', 'state.apply', 'accounts', ...words);
      expect(stdout + stderr).toContain('mysql_user');
      expect(stdout + stderr).not.toContain(word);
    }
    const misspelt = await fleet.call('alone', 'mysql.user_create', 'ann', 'localhost', `pasword=${word}`);
    expect(misspelt.stdout + misspelt.stderr).toContain("did you mean 'password'?");
    expect(misspelt.stdout + misspelt.stderr).not.toContain(word);
    expect(readFileSync(fleet.folder.at('alone/log'), 'utf8')).not.toContain(word);
  });

  it('are in nothing that a job tells, be it in its event, its return or its record', async () => {
    const watcher = await watchEvents(fleet);
    const noServer = `connection_unix_socket=${fleet.folder.at('none/mysqld.sock')}`;
    const outputs = [
      await fleet.run('salt', 'db1', 'state.apply', 'accounts'),
      await fleet.run('salt', 'db1', 'mysql.user_create', 'ann', 'localhost', word, noServer),
      await fleet.run('salt', 'db1', 'hashutil.hmac_compute,test.ping', 'text', word, ',', '--verbose'),
      await fleet.run('salt', 'db1', 'state.single', 'mysql_user.present', 'name=ann', `password=${word}`, noServer),
      await fleet.run('salt-run', 'salt.cmd', 'hashutil.hmac_compute', 'text', word),
      await fleet.run('salt-run', 'jobs.list_jobs'),
    ];
    const jobs = (await fleet.json('salt-run', 'jobs.list_jobs')) as Record<string, { readonly Function: unknown }>;
    const jid = Object.keys(jobs).find((id) => jobs[id]?.Function === 'mysql.user_create');
    const kept = await fleet.run('salt-run', 'jobs.list_job', String(jid));
    expect(kept.stdout).toContain('**********');
    watcher.signal('SIGINT');
    const { stdout: events } = await watcher.ended;
    expect(events).toContain('mysql.user_create');
    for (const { stdout, stderr } of [...outputs, kept]) expect(stdout + stderr).not.toContain(word);
    expect(events).not.toContain(word);
    for (const file of ['returned.json', 'db1-returned.json'])
      expect(readFileSync(fleet.folder.at(file), 'utf8')).not.toContain(word);
  });
});
