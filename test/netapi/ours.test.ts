import { spawnSync } from 'node:child_process';
import { request as secureRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createHeldCommand } from '../fleet/held-command.ts';
import { createApiFleet, users, type Answer, type ApiFleet, type RequestOptions } from './api-fleet.ts';

let api: ApiFleet;
let ada: string;

beforeAll(async () => {
  api = await createApiFleet(['web1', 'db1'], { max_request_body_size: 20_000 });
  const { body } = await api.request('/v1/login', { body: users.ada });
  ada = (body as { readonly token: string }).token;
});

afterAll(async () => {
  await api.end();
});

async function ask(path: string, options: RequestOptions = {}): Promise<Answer> {
  return api.request(path, { token: ada, ...options });
}

const ping = { target: { expression: '*' }, function: 'test.ping' };

describe('what watches over the master', () => {
  it('is told that it lives and takes jobs', async () => {
    expect((await api.request('/health')).body).toEqual({ status: 'ok' });
    const { status, body } = await api.request('/ready');
    expect([status, body]).toEqual([200, { status: 'ready' }]);
  });

  it('is told by salt-api that the master serves the API itself', async () => {
    const { status, stdout } = await api.fleet.start('salt-api', 'master', []).ended;
    expect([status, stdout]).toEqual([
      0,
      'salt-master serves the HTTP API itself, on port 0; there is nothing else to start\n',
    ]);
    expect((await api.fleet.start('salt-api', 'web1', []).ended).status).toBe(1);
  });

  it('gets measures in the format of Prometheus', async () => {
    expect((await api.request('/metrics')).status).toBe(401);
    await ask('/v1/jobs', { body: { ...ping, follow: true } });
    const { text, headers } = await ask('/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const values = new Map(
      text
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .map((line) => line.split(/ (?=[^ ]+$)/) as [string, string]),
    );
    const numbers = (name: string): number => Number(values.get(`brine_${name}`));
    expect(numbers('minions_connected')).toBe(2);
    expect(numbers('jobs_total')).toBeGreaterThan(0);
    expect(numbers('deliveries_total{status="ok"}')).toBeGreaterThanOrEqual(2);
    expect(numbers('deliveries_open{status="running"}')).toBe(0);
    expect(numbers('job_return_seconds_count')).toBe(numbers('job_return_seconds_bucket{le="+Inf"}'));
    expect(numbers('memory_bytes{kind="resident"}')).toBeGreaterThan(1e7);
    expect(numbers('http_request_duration_seconds_count{route="/v1/jobs",status="200"}')).toBe(1);
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) brine_\w+ .+|brine_\w+(?:\{[^}]*\})? -?[\d.e+-]+)$/);
  });

  it('finds every route in the description, and every route of the description', async () => {
    const { body, headers } = await api.request('/openapi.json');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    const { openapi, paths } = body as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    expect(openapi).toBe('3.1.0');
    expect(paths['/v1/jobs']?.['post']?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { required: ['target', 'function'], additionalProperties: false } } },
    });
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const where = path.replaceAll(/\{\w+\}/g, 'x');
        const { status, text } = await api.request(where, { method: method.toUpperCase() });
        expect([method, path, status === 404 && text.includes('route-unknown'), status === 405]).toEqual([
          method,
          path,
          false,
          false,
        ]);
      }
    }
  });
});

describe('jobs', () => {
  it('are listed page by page', async () => {
    for (let count = 0; count < 3; count += 1) await ask('/v1/jobs', { body: { ...ping, follow: true } });
    const seen: string[] = [];
    let before = '';
    for (;;) {
      const { body } = await ask(`/v1/jobs?limit=2${before}`);
      const { jobs, next } = body as { jobs: { jid: string }[]; next: string | null };
      seen.push(...jobs.map(({ jid }) => jid));
      expect(jobs.length).toBeLessThanOrEqual(2);
      if (next === null) break;
      before = `&before=${next}`;
    }
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    const { body } = await ask(`/v1/jobs/${seen[0]}`);
    expect(body).toMatchObject({ jid: seen[0], Function: 'test.ping', User: 'ada', Status: { web1: 'ok', db1: 'ok' } });
    expect((await ask('/v1/jobs?limit=0')).body).toMatchObject({ error: { code: 'request-invalid' } });
    expect((await ask('/v1/jobs/20200101000000000000')).status).toBe(404);
  });

  it('are run once for a request that is repeated with its key', async () => {
    const headers = { 'idempotency-key': 'deploy-7' };
    const [one, two] = await Promise.all([
      ask('/v1/jobs', { body: ping, headers }),
      ask('/v1/jobs', { body: ping, headers }),
    ]);
    expect(one.status).toBe(201);
    expect(two.body).toEqual(one.body);
    const other = await ask('/v1/jobs', { body: { ...ping, function: 'test.version' }, headers });
    expect([other.status, other.body]).toMatchObject([409, { error: { code: 'idempotency-conflict' } }]);
  });

  it('tell how they go on as server-sent events and over a WebSocket', async () => {
    const command = createHeldCommand(api.fleet.folder, 'followed');
    const { body } = await ask('/v1/jobs', {
      body: { target: { expression: 'web1' }, function: 'cmd.run', positional: [command.line] },
    });
    const { jid } = body as { jid: string };
    await command.begun();
    const headers = { authorization: `Bearer ${ada}`, accept: 'text/event-stream' };
    const stream = await fetch(`${api.url}/v1/jobs/${jid}/follow`, { headers });
    expect(stream.headers.get('content-type')).toBe('text/event-stream;charset=utf-8');
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/${jid}/follow`, {
      headers: { 'x-auth-token': ada },
    });
    const frames: unknown[] = [];
    const closed = new Promise<number>((resolve) => {
      socket.once('close', resolve);
    });
    await new Promise<void>((resolve) => {
      socket.on('message', (message: Buffer) => {
        frames.push(JSON.parse(message.toString()));
        resolve();
      });
    });
    await command.release();
    const text = await stream.text();
    expect(text).toMatch(
      /^event: submitted\ndata: \{"kind": "submitted", "jid": "\d{20}", "minions": \["web1"\]\}\n\n/,
    );
    expect(text).toMatch(
      /event: return\ndata: \{"kind": "return", "minion": "web1", .*"status": "ok", "value": "let go"/,
    );
    expect(text).toMatch(/event: end\ndata: \{"kind": "end"\}\n\n$/);
    expect(await closed).toBe(1000);
    expect(frames[0]).toEqual({ kind: 'submitted', jid, minions: ['web1'] });
    expect(frames.at(-1)).toEqual({ kind: 'end' });
  });

  it('are refused with typed errors, that have the place of what is wrong', async () => {
    const refused = await ask('/v1/jobs', {
      body: { target: { type: 'compound', expression: 'G@os:x and (' }, function: 'test.ping' },
    });
    expect([refused.status, refused.body]).toMatchObject([
      400,
      { error: { code: 'target-invalid', problems: [{ severity: 'error' }] } },
    ]);
    expect((await ask('/v1/jobs', { body: { target: { expression: '*' } } })).body).toMatchObject({
      error: { code: 'request-invalid' },
    });
    expect((await ask('/v1/nosuch')).body).toMatchObject({ error: { code: 'route-unknown' } });
    expect((await api.request('/v1/jobs')).body).toMatchObject({ error: { code: 'login-needed' } });
  });
});

describe('API keys', () => {
  it('may do what they say, until they are revoked', async () => {
    const { stdout } = await api.fleet.run(
      'salt-run',
      'auth.create_key',
      'ci',
      'permissions=["test.*", {"@runner": ["jobs.*"]}]',
      '--out',
      'json',
    );
    const { key } = JSON.parse(stdout) as { key: string };
    expect(key).toMatch(/^brine_/);
    const authorization = { authorization: `Bearer ${key}` };
    const chunk = { client: 'local', tgt: 'web1', fun: 'test.ping' };
    expect((await api.request('/', { headers: authorization, body: chunk })).body).toEqual({
      return: [{ web1: true }],
    });
    expect((await api.request('/', { token: key, body: { ...chunk, fun: 'cmd.run', arg: ['id'] } })).status).toBe(401);
    expect((await api.request('/run', { body: { ...chunk, token: key } })).body).toEqual({ return: [{ web1: true }] });
    expect((await api.request('/v1/jobs', { headers: authorization })).status).toBe(200);
    expect((await api.request('/v1/keys', { headers: authorization })).status).toBe(403);
    expect((await api.request('/stats', { token: key })).headers.get('set-cookie')).toBeNull();
    await api.fleet.run('salt-run', 'auth.revoke_key', 'ci');
    expect((await api.request('/', { headers: authorization, body: chunk })).status).toBe(401);
  });

  it('cannot be made by whoever has only a login', async () => {
    const body = { client: 'runner', fun: 'auth.create_key', name: 'x', permissions: ['.*'] };
    const token = await api.logIn('ada');
    expect((await api.request('/', { token, body })).status).toBe(401);
    expect((await ask('/v1/runners', { body: { function: 'auth.list_keys' } })).body).toMatchObject({ value: {} });
  });
});

describe('hardening', () => {
  it('ends bodies that are too large, whether or not they say so', async () => {
    const large = JSON.stringify({ client: 'local', tgt: 'x'.repeat(30_000) });
    expect((await ask('/', { body: large, headers: { 'content-type': 'application/json' } })).status).toBe(413);
    let left = 5;
    const chunked = new ReadableStream({
      pull(controller) {
        left -= 1;
        if (left < 0) controller.close();
        else controller.enqueue(Buffer.from('x'.repeat(10_000)));
      },
    });
    const init = { method: 'POST', body: chunked, duplex: 'half' } as RequestInit;
    const outcome = await fetch(`${api.url}/login`, init).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(outcome);
    expect((await api.request('/health')).status).toBe(200);
  });

  it('ends headers that are too long, and what is no HTTP', async () => {
    const { hostname, port } = new URL(api.url);
    const answerTo = async (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: hostname, port: Number(port) });
        let answer = '';
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          answer += chunk;
        });
        socket.once('close', () => resolve(answer.split('\r\n')[0] ?? ''));
        socket.once('error', reject);
        socket.end(text);
      });
    expect(await answerTo(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`)).toBe(
      'HTTP/1.1 431 Request Header Fields Too Large',
    );
    expect(await answerTo('no http at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  });

  it('shows neither secrets nor tokens in the configuration, answers and logs', async () => {
    const token = await api.logIn('ada');
    const { text } = await api.request('/', { token, body: { client: 'wheel', fun: 'config.values' } });
    expect(text).toContain('"timeout"');
    expect(text).not.toContain('CANARY-shared-secret');
    expect(text).not.toContain(api.fleet.folder.at('users'));
    await api.request('/login', { body: { ...users.ada, password: 'CANARY-wrong' } });
    await api.request(`/events?token=CANARY-token`);
    const log = spawnSync('grep', ['-rlE', `CANARY|pw-ada|${token}|${ada}`, api.fleet.folder.at('master/var')], {
      encoding: 'utf8',
    });
    expect(log.stdout).toBe('');
  });

  it('cuts off readers that are too slow, and nobody else notices', async () => {
    const { hostname, port } = new URL(api.url);
    const token = await api.logIn('ada');
    const openStream = (): Socket => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => {});
      socket.write(`GET /events HTTP/1.1\r\nhost: x\r\nx-auth-token: ${token}\r\n\r\n`);
      return socket;
    };
    const slow = Array.from({ length: 200 }, () => openStream().pause());
    const received = Array.from({ length: 20 }, () => 0);
    const reading = received.map((_none, index) =>
      openStream().on('data', (bytes) => {
        received[index] = (received[index] ?? 0) + bytes.length;
      }),
    );
    const current = async (): Promise<number> =>
      Number(/brine_http_requests_current (\d+)/.exec((await ask('/metrics')).text)?.[1]);
    while ((await current()) < 221) await new Promise(setImmediate);
    const chunk = { client: 'runner', fun: 'test.arg', arg: ['x'.repeat(15_000)] };
    let rounds = 0;
    // How much the kernel takes in for a reader that reads nothing is its own affair.
    for (; rounds < 300 || (await current()) >= 100; rounds += 1)
      expect((await api.request('/', { token, body: chunk })).status).toBe(200);
    while (Math.min(...received) < rounds * 15_000) await new Promise(setImmediate);
    for (const socket of [...slow, ...reading]) socket.destroy();
  }, 60_000);
});

describe('limits and TLS', () => {
  it('are kept', async () => {
    const folder = api.fleet.folder;
    const made = spawnSync('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
      ],
      ...['-keyout', folder.at('tls.key'), '-out', folder.at('tls.crt')],
    ]);
    expect(made.status).toBe(0);
    const secure = await createApiFleet([], {
      ...{ disable_ssl: false, ssl_crt: folder.at('tls.crt'), ssl_key: folder.at('tls.key'), rate_limit: 3 },
      api_acl: { users: { ada: ['127.0.0.1'], '*': ['10.0.0.1'] } },
    });
    try {
      const { port } = new URL(secure.url);
      const send = async (path: string, body?: object): Promise<{ status: number; cookie: string; retry: string }> =>
        new Promise((resolve, reject) => {
          const options = {
            host: '127.0.0.1',
            port,
            path,
            rejectUnauthorized: false,
            method: body === undefined ? 'GET' : 'POST',
          };
          const outgoing = secureRequest(
            { ...options, headers: { 'content-type': 'application/json' } },
            (response) => {
              const { 'set-cookie': cookie, 'retry-after': retry } = response.headers;
              response
                .resume()
                .on('end', () =>
                  resolve({ status: response.statusCode ?? 0, cookie: String(cookie), retry: String(retry) }),
                );
            },
          );
          outgoing.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
        });
      const login = await send('/login', users.ada);
      expect(login.status).toBe(200);
      expect(login.cookie).toMatch(/; Secure$/);
      expect((await send('/login', users.bob)).status).toBe(401);
      expect((await send('/')).status).toBe(200);
      const late = await send('/');
      expect([late.status, late.retry]).toEqual([429, '20']);
    } finally {
      await secure.end();
    }
  });
});
