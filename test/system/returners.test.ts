import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Dict, type Plain } from '@brine/common';
import { deliver } from '@brine/returners';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';

const isRoot = process.getuid?.() === 0;
const jobReturn = {
  ...{ success: true, return: { 'a.b': 'one\0two' }, retcode: 0, jid: '20260101000000000001', fun: 'test.echo' },
  ...{ fun_args: ['x'], user: 'root', id: 'web1' },
};
const stateReturn = {
  ...{ success: false, retcode: 2, jid: '20260101000000000002', fun: 'state.apply', fun_args: ['web'], id: 'web1' },
  return: {
    'pkg_|-nginx_|-nginx_|-installed': {
      ...{ __id__: 'nginx', __sls__: 'web', __run_num__: 1, result: false, changes: {}, duration: 12.5 },
    },
    'file_|-conf_|-/etc/conf_|-managed': {
      ...{ __id__: 'conf', __sls__: 'web', __run_num__: 0, result: true, changes: { diff: 'New' }, duration: 7.5 },
    },
  },
};
const events = [{ tag: 'salt/auth', data: { id: 'web1', act: 'accept', result: true } }];

let folder: string;
const children: ChildProcess[] = [];
let printed: string[] = [];

async function hand(
  returner: string,
  payload: Plain,
  options: Plain,
  kind: 'return' | 'events' = 'return',
): Promise<void> {
  await deliver(
    { returner, kind, payload: toValue(payload) },
    { id: 'hq', options: toValue(options) as Dict, print: (line) => void printed.push(line) },
  );
}

function start(program: string, ...words: readonly string[]): void {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
}

/** Resolves when somebody listens. */
async function listening(place: { readonly port: number } | { readonly path: string }): Promise<void> {
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', ...place } as never, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-returners-'));
  chmodSync(folder, 0o755);
});

afterAll(async () => {
  const ended = children.map(async (child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
  rmSync(folder, { recursive: true, force: true });
});

describe('local and rawfile_json', () => {
  it('print, and append lines of JSON', async () => {
    printed = [];
    await hand('local', { jid: '1', return: true }, {});
    expect(printed).toEqual(["{'jid': '1', 'return': True}"]);
    const file = join(folder, 'deep', 'returns');
    await hand('rawfile_json', jobReturn, { 'rawfile_json.filename': file });
    await hand('rawfile_json', events, { rawfile_json: { filename: file } }, 'events');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([jobReturn, ...events]);
  });
});

describe.skipIf(!isRoot)('postgres and pgjsonb', () => {
  let programs = '';
  let port = 0;
  const asPostgres = (...command: string[]): string =>
    execFileSync('runuser', ['-u', 'postgres', '--', ...command], { cwd: '/', stdio: 'pipe', encoding: 'utf8' });
  const sql = (text: string): string =>
    asPostgres(`${programs}/psql`, '-h', folder, '-p', String(port), '-XAtq', '-c', text).trim();
  const tables = (json: string, time: string): string => `
    DROP TABLE IF EXISTS salt_returns, salt_events;
    CREATE TABLE salt_returns (fun varchar(50) NOT NULL, jid varchar(255) NOT NULL, return ${json} NOT NULL,
      full_ret ${json}, id varchar(255) NOT NULL, success varchar(10) NOT NULL${time});
    CREATE TABLE salt_events (id SERIAL PRIMARY KEY, tag varchar(255) NOT NULL, data ${json} NOT NULL,
      master_id varchar(255) NOT NULL${time}); GRANT ALL ON ALL TABLES IN SCHEMA public TO salt;
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO salt`;

  beforeAll(async () => {
    const [version] = readdirSync('/usr/lib/postgresql').toSorted().toReversed();
    programs = `/usr/lib/postgresql/${version}/bin`;
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })));
    chownSync(folder, uid ?? 0, gid ?? 0);
    port = await freePort();
    writeFileSync(join(folder, 'hba'), 'local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
    asPostgres(`${programs}/initdb`, '-D', `${folder}/cluster`, '--auth=trust', '--no-sync');
    const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off -c hba_file=${folder}/hba`;
    asPostgres(`${programs}/pg_ctl`, '-D', `${folder}/cluster`, '-w', '-l', `${folder}/log`, '-o', options, 'start');
    sql("CREATE ROLE salt LOGIN PASSWORD 's3cret-word'");
  }, 120_000);
  afterAll(() => {
    asPostgres(`${programs}/pg_ctl`, '-D', `${folder}/cluster`, '-w', '-m', 'immediate', 'stop');
  });

  it.each([
    ['postgres', 'text', '', 'passwd'],
    ['pgjsonb', 'jsonb', ', alter_time timestamptz NOT NULL', 'pass'],
  ])('keep returns once and events (%s)', async (name, json, time, password) => {
    sql(tables(json, time));
    const settings = { host: '127.0.0.1', port, db: 'postgres', [password]: 's3cret-word' };
    const options = { [`returner.${name}`]: settings };
    await hand(name, jobReturn, options);
    await hand(name, jobReturn, options);
    await hand(name, events, options, 'events');
    expect(sql('SELECT fun, jid, id, success, return FROM salt_returns')).toMatch(
      /^test\.echo\|20260101000000000001\|web1\|true\|\{"a\.b": ?"one\\ufffdtwo"|^test\.echo\|20260101000000000001\|web1\|true\|\{"a\.b": "one\uFFFDtwo"/,
    );
    expect(sql('SELECT tag, master_id FROM salt_events')).toBe('salt/auth|hq');
    const wrong = { [`returner.${name}`]: { ...settings, [password]: 'other-secret' } };
    await expect(hand(name, jobReturn, wrong)).rejects.toThrow(/password authentication failed/);
    await expect(hand(name, jobReturn, wrong)).rejects.not.toThrow(/other-secret/);
  });

  it('are asked for pillar, with the types of the columns', async () => {
    sql(`CREATE TABLE pillars (minion varchar(20), section text, name text, value jsonb);
      INSERT INTO pillars VALUES ('web1', 'app', 'port', '8080'), ('web1', 'app', 'names', '["a", "b"]'),
        ('db1', 'app', 'port', '1'); GRANT SELECT ON pillars TO salt`);
    const configuration = join(folder, 'masterless');
    mkdirSync(configuration);
    const connection = { host: '127.0.0.1', port, pass: 's3cret-word', db: 'postgres' };
    const kinds = `SELECT 'kinds', true AS bool, %s AS id, 1.0::float8, 7::int8, 2.50::numeric, ARRAY[[1], [NULL::int]], '1%%' AS share`;
    const config = {
      ...{ id: 'web1', root_dir: configuration, file_client: 'local', postgres: connection },
      pillar_roots: { base: [configuration] },
      ext_pillar: [
        { postgres: ["SELECT section, name, value FROM pillars WHERE minion = %s AND %s <> ''"] },
        { postgres: { below: { query: kinds, depth: 1 } } },
      ],
    };
    const items = (): { readonly local: unknown } => {
      writeFileSync(join(configuration, 'minion'), JSON.stringify(config));
      const words = ['--local', '-c', configuration, '--out', 'json', 'pillar.items'];
      return JSON.parse(execFileSync('bin/salt-call', words, { encoding: 'utf8' })) as { readonly local: unknown };
    };
    expect(items().local).toEqual({
      app: { port: 8080, names: ['a', 'b'] },
      below: {
        kinds: {
          bool: true,
          id: 'web1',
          float8: 1,
          int8: 7,
          numeric: 2.5,
          array: [[1], [null]],
          share: '1%',
        },
      },
    });
    connection.pass = 'other-secret';
    const answer = JSON.stringify(items().local);
    expect(answer).toMatch(/ext_pillar postgres: password authentication failed/);
    expect(answer).not.toContain('other-secret');
  });
});

describe('redis', () => {
  it('has returns where Salt has them, behind a password', async () => {
    const port = await freePort();
    const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
    start('redis-server', ...words, '--requirepass', 's3cret-word');
    await listening({ port });
    const options = { 'redis.host': '127.0.0.1', 'redis.port': port, 'redis.db': '2', 'redis.password': 's3cret-word' };
    await hand('redis', jobReturn, options);
    await hand('redis', events, options, 'events');
    const cli = (...command: readonly string[]): string =>
      execFileSync('redis-cli', ['-p', String(port), '-n', '2', '--no-auth-warning', '-a', 's3cret-word', ...command], {
        encoding: 'utf8',
      }).trim();
    expect(JSON.parse(cli('HGET', `ret:${jobReturn.jid}`, 'web1'))).toEqual(jobReturn);
    expect(Number(cli('TTL', `ret:${jobReturn.jid}`))).toBeGreaterThan(80_000);
    expect(cli('GET', 'web1:test.echo')).toBe(jobReturn.jid);
    expect(cli('SMEMBERS', 'minions')).toBe('web1');
    expect(JSON.parse(cli('LINDEX', 'salt:events', '0'))).toEqual(events[0]);
    await expect(hand('redis', jobReturn, { ...options, 'redis.password': 'wrong-word' })).rejects.toThrow(/WRONGPASS/);
  });

  it('says what is wrong when nobody answers', async () => {
    const port = await freePort();
    const failing = hand('redis', jobReturn, { 'redis.host': '127.0.0.1', 'redis.port': port });
    await expect(failing).rejects.toMatchObject({ code: 'returner-failed' });
    await expect(hand('redis', jobReturn, { 'redis.port': 'x' })).rejects.toMatchObject({ code: 'returner-settings' });
  });
});

describe('smtp', () => {
  it('sends mails, with templates for subject and body', async () => {
    const port = await freePort();
    const maildir = join(folder, 'mail');
    start('/usr/bin/aiosmtpd', '-n', '-l', `127.0.0.1:${port}`, '-c', 'aiosmtpd.handlers.Mailbox', maildir);
    await listening({ port });
    const options = {
      'smtp.from': 'salt@example.net',
      'smtp.to': 'ops@example.com,boss@example.com',
      'smtp.host': '127.0.0.1',
      'smtp.port': port,
      'smtp.subject': 'ran on {{ id }}:',
      'smtp.fields': 'fun,nothing',
    };
    await hand('smtp', jobReturn, options);
    const [name = ''] = readdirSync(join(maildir, 'new'));
    const mail = readFileSync(join(maildir, 'new', name), 'utf8');
    expect(mail).toContain('To: ops@example.com, boss@example.com');
    expect(mail).toContain('Subject: ran on web1: test.echo');
    expect(mail).toContain('function: test.echo');
    await expect(hand('smtp', jobReturn, { ...options, 'smtp.gpgowner': 'ada' })).rejects.toThrow(
      /cannot be encrypted/,
    );
    await expect(hand('smtp', jobReturn, { 'smtp.host': 'x' })).rejects.toThrow("'smtp.from'");
  });
});

describe('syslog', () => {
  it('writes to a running log daemon', async () => {
    const socket = join(folder, 'log.sock');
    const target = join(folder, 'messages');
    const config = join(folder, 'rsyslog.conf');
    writeFileSync(
      config,
      `module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="${socket}" CreatePath="on")\n` +
        `$MaxMessageSize 64k\ntemplate(name="line" type="string" string="%pri-text% %syslogtag% %msg%\\n")\n` +
        `*.* action(type="omfile" file="${target}" template="line")\n`,
    );
    start('rsyslogd', '-n', '-f', config, '-i', join(folder, 'rsyslog.pid'));
    while (!existsSync(socket)) await new Promise((resolve) => setImmediate(resolve));
    const options = { syslog: { socket, tag: 'brine', level: 'LOG_ERR', facility: 'LOG_LOCAL3' } };
    await hand('syslog', { ...jobReturn, return: 'x'.repeat(5000) }, options);
    while (!existsSync(target) || !readFileSync(target, 'utf8').includes('\n')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const line = readFileSync(target, 'utf8');
    expect(line).toMatch(/^local3\.err(?:<\d+>)? brine:/);
    expect(JSON.parse(line.slice(line.indexOf('{')))).toMatchObject({ jid: jobReturn.jid, return: 'x'.repeat(5000) });
    await expect(hand('syslog', jobReturn, { 'syslog.level': 'LOUD' })).rejects.toThrow('syslog.level is one of');
    const gone = hand('syslog', jobReturn, { syslog: { socket: join(folder, 'gone') } });
    await expect(gone).rejects.toMatchObject({ code: 'returner-failed' });
  });
});

describe('what speaks HTTP', () => {
  let server: Server;
  let base = '';
  let asked: { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  let statusOf: (line: string) => number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const line = `${request.method} ${request.url}`;
        asked.push({ line, headers: request.headers, body });
        response.writeHead(statusOf(line)).end('said');
      });
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(() => server.close());

  it('http sends JSON with a login, and hides the address in errors', async () => {
    [asked, statusOf] = [[], () => 204];
    const options = { http: { url: `${base}/hook?key=s3cret`, token: 'tok3n', headers: { 'X-Team': 'ops' } } };
    await hand('http', jobReturn, options);
    await hand('http', events, options, 'events');
    expect(asked.map(({ line, body }) => [line, JSON.parse(body) as unknown])).toEqual([
      ['POST /hook?key=s3cret', jobReturn],
      ['POST /hook?key=s3cret', events],
    ]);
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer tok3n', 'x-team': 'ops' });
    statusOf = () => 500;
    await expect(hand('http', jobReturn, options)).rejects.toThrow(
      "the returner 'http': the server answered 500: said",
    );
  });

  it('elasticsearch makes an index and documents that replace themselves', async () => {
    [asked, statusOf] = [[], (line) => (line.startsWith('HEAD') ? 404 : 200)];
    const elasticsearch = {
      hosts: [base],
      username: 'u',
      password: 'p',
      states_count: true,
      states_order_output: true,
    };
    await hand('elasticsearch', stateReturn, { elasticsearch });
    await hand('elasticsearch', events, { elasticsearch }, 'events');
    expect(asked.map(({ line }) => line)).toEqual([
      'HEAD /salt-state_apply-ordered',
      'PUT /salt-state_apply-ordered-v1',
      `PUT /salt-state_apply-ordered/_doc/${stateReturn.jid}-web1`,
      'HEAD /salt-master-event-cache',
      'PUT /salt-master-event-cache-v1',
      'POST /salt-master-event-cache/_bulk',
    ]);
    const document = JSON.parse(asked[2]?.body ?? '') as { readonly data: object };
    expect(document).toMatchObject({ success: false, retcode: 2, minion: 'web1', counts: { succeeded: 1, failed: 1 } });
    expect(Object.keys(document.data)).toContain('1_|-pkg_|-nginx_|-nginx_|-installed');
    expect(asked[2]?.headers['authorization']).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  });

  it('slack_webhook counts what the steps of a run did', async () => {
    [asked, statusOf] = [[], () => 200];
    const slack_webhook = { webhook: `${base}/services/T/B/X`, show_tasks: true };
    await hand('slack_webhook', stateReturn, { slack_webhook });
    const { attachments } = JSON.parse(asked[0]?.body ?? '') as { readonly attachments: readonly object[] };
    expect(attachments).toEqual([
      expect.objectContaining({
        fallback: 'web1 | Failed',
        title: 'Success: False',
        text: "Function: state.apply\nFunction Args: ['web']\nJID: 20260101000000000002\nTotal: 2\nDuration: 0.02 secs\n",
      }),
      { color: 'good', title: 'Unchanged: 0' },
      { color: 'warning', title: 'Changed: 1', fields: [{ value: 'web.sls | conf', short: false }] },
      { color: 'danger', title: 'Failed: 1', fields: [{ value: 'web.sls | nginx', short: false }] },
    ]);
  });
});
