import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createApiFleet, users, type ApiFleet } from './api-fleet.ts';

let api: ApiFleet;
let ada: string;
let pages: string;
const open: AbortController[] = [];

beforeAll(async () => {
  pages = mkdtempSync(join(tmpdir(), 'brine-pages-'));
  mkdirSync(join(pages, 'static'));
  writeFileSync(join(pages, 'index.html'), '<h1>the page</h1>');
  writeFileSync(join(pages, 'secret.txt'), 'CANARY-outside');
  writeFileSync(join(pages, 'static', 'a.js'), 'let a;');
  writeFileSync(join(pages, 'static', '.hidden'), 'CANARY-hidden');
  writeFileSync(join(pages, 'static', 'ü b.css'), 'a{}');
  api = await createApiFleet(['web1'], {
    app: join(pages, 'index.html'),
    static: join(pages, 'static'),
    collect_stats: true,
  });
  ada = await api.logIn('ada');
});

afterAll(async () => {
  for (const controller of open) controller.abort();
  await api.end();
  rmSync(pages, { recursive: true, force: true });
});

/** Reads a stream of events until the text is there. */
async function readEvents(path: string, headers: Record<string, string>) {
  const controller = new AbortController();
  open.push(controller);
  const response = await fetch(`${api.url}${path}`, { headers, signal: controller.signal });
  let text = '';
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  return {
    response,
    until: async (wanted: RegExp): Promise<string> => {
      while (!wanted.test(text)) {
        const chunk = await reader?.read();
        if (chunk?.done !== false) throw new Error(`the stream ended: ${text}`);
        text += chunk.value;
      }
      return text;
    },
    stop: () => controller.abort(),
  };
}

async function ping(): Promise<void> {
  await api.request('/', { token: ada, body: { client: 'local', tgt: 'web1', fun: 'test.ping' } });
}

describe('/events', () => {
  it('tells everything that happens, in the form clients read', async () => {
    const stream = await readEvents('/events', { 'x-auth-token': ada });
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream;charset=utf-8',
      'cache-control': 'no-cache',
      connection: 'keep-alive',
    });
    await stream.until(/^retry: 400\n$/);
    await ping();
    const text = await stream.until(/tag: salt\/job\/\d+\/ret\/web1\ndata: .*\n\n/);
    const [first] = text.split('\n\n');
    const [retry, tag, line] = (first ?? '').split('\n');
    const [, jid] = /^tag: salt\/job\/(\d{20})\/new$/.exec(tag ?? '') ?? [];
    expect(retry).toBe('retry: 400');
    expect(JSON.parse((line ?? '').replace(/^data: /, ''))).toMatchObject({
      tag: `salt/job/${jid}/new`,
      data: {
        jid,
        tgt: 'web1',
        tgt_type: 'glob',
        user: 'ada',
        fun: 'test.ping',
        arg: [],
        minions: ['web1'],
        missing: [],
      },
    });
    expect(line).toMatch(/^data: \{"data": \{.*"_stamp": "[^"]+"\}, "tag": "salt\/job\//);
    stream.stop();
  });

  it('takes cookies of its own pages, session and master tokens in the query', async () => {
    const { body } = await api.request('/token', { body: users.ada });
    const [{ token }] = body as [{ token: string }];
    for (const [path, headers] of [
      ['/events', { cookie: `session_id=${ada}` }],
      [`/events?token=${ada}`, {}],
      [`/events?token=${token}`, {}],
      [`/events?salt_token=${token}`, {}],
    ] as const) {
      const stream = await readEvents(path, headers);
      expect([path, stream.response.status, stream.response.headers.get('set-cookie')]).toEqual([path, 200, null]);
      stream.stop();
    }
    for (const path of ['/events', '/events?token=xyz', `/events?token=${'0'.repeat(40)}`]) {
      expect((await api.request(path)).status).toBe(401);
    }
    const evil = { cookie: `session_id=${ada}`, origin: 'https://evil.example' };
    expect((await api.request('/events', { headers: evil })).status).toBe(403);
  });

  it('tells of runners and wheel functions once, without what is for who asked alone', async () => {
    const stream = await readEvents('/events', { 'x-auth-token': ada });
    const wheel = { client: 'wheel', fun: 'key.gen_accept', id_: 'quiet' };
    const { body } = await api.request('/', { token: ada, body: wheel });
    const [{ data }] = (body as { return: [{ data: { jid: string; return: { priv: string } } }] }).return;
    const text = await stream.until(new RegExp(`tag: salt/wheel/${data.jid}/ret\n.*\n\n`));
    expect(text.match(new RegExp(`tag: salt/wheel/${data.jid}/`, 'g'))).toHaveLength(2);
    expect(text).not.toContain(JSON.stringify(data.return.priv).slice(1, -1));
    await api.request('/', { token: ada, body: { client: 'wheel', fun: 'key.delete', match: 'quiet' } });
    stream.stop();
  });
});

/** A WebSocket and what it was sent. */
function openSocket(path: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`, { headers });
  const messages: string[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (message: Buffer) => {
    messages.push(message.toString());
    for (const wake of waiting.splice(0)) wake();
  });
  const opened = new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => {});
  });
  const until = async (wanted: (message: string) => boolean): Promise<string> => {
    for (;;) {
      const found = messages.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { socket, opened, messages, until };
}

describe('/ws', () => {
  it('sends events after the client said that it is ready, and answers every message', async () => {
    const { socket, opened, messages, until } = openSocket(`/ws/${ada}`);
    expect(await opened).toBe(101);
    socket.send('hello');
    await until((message) => message === 'server received message');
    await ping();
    socket.send('websocket client ready');
    await until(() => messages.length >= 2);
    expect(messages).toEqual(['server received message', 'server received message']);
    await ping();
    const event = await until((message) => /^data: \{"data": .*"tag": "salt\/job\/\d+\/new"\}\n\n$/.test(message));
    expect(JSON.parse(event.slice(6))).toMatchObject({ data: { fun: 'test.ping' } });
    socket.close();
  });

  it('sends jobs as they stand with format_events', async () => {
    const { socket, opened, until } = openSocket('/ws?format_events', { 'x-auth-token': ada });
    await opened;
    socket.send('websocket client ready');
    await until((message) => message === 'server received message');
    await ping();
    const event = await until((message) => message.includes('"complete"'));
    const { jobs } = JSON.parse(event) as { jobs: Record<string, object> };
    expect(Object.values(jobs).at(-1)).toMatchObject({
      ...{ fun: 'test.ping', tgt: 'web1', tgt_type: 'glob', state: 'complete' },
      minions: { web1: { return: true, retcode: 0, success: true } },
    });
    socket.close();
  });

  it.each<[string, Record<string, string>, number]>([
    ['/ws', {}, 401],
    [`/ws/${'0'.repeat(40)}`, {}, 401],
    ['/ws?token=xyz', {}, 401],
    ['/nosuch', {}, 404],
  ])('refuses %s', async (path, headers, status) => {
    expect(await openSocket(path, headers).opened).toBe(status);
  });

  it('takes cookies from its own pages alone', async () => {
    const cookie = `session_id=${ada}`;
    expect(await openSocket('/ws', { cookie, origin: 'https://evil.example' }).opened).toBe(403);
    const { socket, opened } = openSocket('/ws', { cookie, origin: api.url });
    expect(await opened).toBe(101);
    socket.close();
  });

  it('closes at logout', async () => {
    const token = await api.logIn('ada');
    const { socket, opened, until } = openSocket(`/ws/${token}`);
    await opened;
    socket.send('websocket client ready');
    await until((message) => message === 'server received message');
    const closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    await api.request('/logout', { token, body: {} });
    expect(await closed).toBe(1008);
  });
});

describe('/hook', () => {
  it('fires what was sent, without what proves who sent it', async () => {
    const stream = await readEvents('/events', { 'x-auth-token': ada });
    const headers = { 'content-type': 'application/json', cookie: 'session_id=CANARY', authorization: 'Basic CANARY' };
    const sent = await api.request('/hook/deploy/web/ok', {
      token: ada,
      body: '{"x": [1]}',
      headers: { 'content-type': headers['content-type'], cookie: headers.cookie },
    });
    expect(sent.body).toEqual({ success: true });
    const text = await stream.until(/tag: salt\/netapi\/hook\/deploy\/web\/ok\n.*\n\n/);
    const line = /tag: salt\/netapi\/hook\/deploy\/web\/ok\ndata: (.*)\n\n/.exec(text)?.[1] ?? '';
    expect(JSON.parse(line)).toMatchObject({
      data: {
        body: '{"x": [1]}',
        post: { x: [1] },
        headers: { 'Content-Type': 'application/json', 'Content-Length': '10', 'Remote-Addr': '127.0.0.1' },
      },
    });
    expect(line).not.toContain(ada);
    expect(line).not.toContain('CANARY');
    stream.stop();
  });

  it('wants a session', async () => {
    expect((await api.request('/hook/x', { body: {} })).status).toBe(401);
    expect(
      (await api.request('/hook', { token: ada, body: 'words', headers: { 'content-type': 'text/plain' } })).body,
    ).toEqual({
      success: true,
    });
  });
});

describe('/stats', () => {
  it('counts', async () => {
    const { body } = await api.request('/stats', { token: ada });
    expect(body).toMatchObject({
      'CherryPy Applications': {
        Enabled: true,
        'Total Requests': expect.any(Number) as number,
        Uptime: expect.any(Number) as number,
      },
    });
    expect((await api.request('/stats')).status).toBe(401);
  });
});

/** A path as it is, without what `fetch` makes of it. */
async function getRaw(path: string, accept = '*/*'): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const outgoing = rawRequest({ hostname, port, path, headers: { accept } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end();
  });
}

describe('pages and files', () => {
  it('show the page to browsers on any path, and the API to everybody else', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    for (const path of ['/', '/?minionid=web1', '/login', '/whatever', '/app', '/app/deeper']) {
      expect([path, await getRaw(path, accept)]).toEqual([path, { status: 200, text: '<h1>the page</h1>' }]);
    }
    expect((await getRaw('/app')).text).toBe('<h1>the page</h1>');
    expect((await getRaw('/')).text).toContain('Welcome');
    expect((await api.request('/', { headers: { accept: 'application/json' } })).text).toContain('Welcome');
  });

  it('serve files with their types', async () => {
    const response = await fetch(`${api.url}/static/a.js`);
    expect([response.status, await response.text()]).toEqual([200, 'let a;']);
    expect(response.headers.get('content-type')).toMatch(/^(?:text|application)\/javascript/);
    expect(response.headers.get('last-modified')).not.toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(`${api.url}/static/%C3%BC%20b.css`)).status).toBe(200);
    expect((await getRaw('/static/none.txt')).status).toBe(404);
  });

  it.each([
    '/static/../secret.txt',
    '/static/%2e%2e/secret.txt',
    '/static/..%2fsecret.txt',
    '/static/%2e%2e%2fsecret.txt',
    '/static/..%252fsecret.txt',
    '/static/..%5csecret.txt',
    '/static//etc/passwd',
    '/static/%00a.js',
    '/static/.hidden',
    '/static/',
    '/static/../static/../secret.txt',
  ])('serve nothing else: %s', async (path) => {
    const { status, text } = await getRaw(path);
    expect([path, status, text.includes('CANARY'), text.includes('root:')]).toEqual([path, status, false, false]);
    expect([400, 403, 404]).toContain(status);
  });
});
