import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiFleet, users, type Answer, type ApiFleet, type RequestOptions } from './api-fleet.ts';

let api: ApiFleet;
let ada: string;
let bob: string;
const jid = expect.stringMatching(/^\d{20}$/) as string;
const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/) as string;
const moment = expect.any(Number) as number;

beforeAll(async () => {
  api = await createApiFleet(['web1', 'db1'], { collect_stats: false });
  [ada, bob] = await Promise.all([api.logIn('ada'), api.logIn('bob')]);
});

afterAll(async () => {
  await api.end();
});

/** Runs one chunk as ada and answers its entries. */
async function run(chunk: unknown, token = ada): Promise<readonly unknown[]> {
  const answer = await api.request('/', { token, body: chunk });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return (answer.body as { readonly return: readonly unknown[] }).return;
}

async function refusal(path: string, options: RequestOptions): Promise<readonly [number, unknown]> {
  const { status, body } = await api.request(path, options);
  return [status, (body as { readonly return?: unknown } | undefined)?.return];
}

describe('sessions', () => {
  it('are begun with what clients read of them', async () => {
    const { status, headers, body } = await api.request('/login', { body: users.bob });
    const token = headers.get('x-auth-token');
    expect(status).toBe(200);
    expect(token).toMatch(/^[0-9a-f]{40}$/);
    const perms = ['grains.items', 'test.*', { '@runner': ['jobs.*'] }, { '@wheel': ['key.list_all'] }];
    expect(body).toEqual({
      return: [
        {
          ...{ token, start: moment, expire: moment, user: 'bob', eauth: 'file' },
          perms: [...perms, { 'web*': ['status.uptime'] }],
        },
      ],
    });
    const { start, expire } = (body as { return: [{ start: number; expire: number }] }).return[0];
    expect(expire - start).toBeCloseTo(43_200);
    expect(headers.get('cache-control')).toBe('private');
    expect(headers.get('set-cookie')).toMatch(
      new RegExp(`^session_id=${token}; expires=[^;]+; Max-Age=36000; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(headers.get('content-type')).toBe('application/json');
  });

  it.each<[string, RequestOptions]>([
    ['a list', { body: [users.ada] }],
    [
      'a form',
      {
        body: 'username=ada&password=pw-ada&eauth=file',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    [
      'YAML',
      { body: 'username: ada\npassword: pw-ada\neauth: file\n', headers: { 'content-type': 'application/x-yaml' } },
    ],
    ['text that is JSON', { body: JSON.stringify(users.ada), headers: { 'content-type': 'text/plain;charset=UTF-8' } }],
  ])('are begun by %s', async (_name, options) => {
    expect((await api.request('/login', options)).status).toBe(200);
  });

  it('of users without entries have an empty mapping as permissions', async () => {
    const { body } = await api.request('/login', { body: users.nil });
    expect(body).toMatchObject({ return: [{ user: 'nil', perms: {} }] });
  });

  it('are begun with a shared secret by any name', async () => {
    const body = { username: 'carol', password: 'CANARY-shared-secret', eauth: 'sharedsecret' };
    expect((await api.request('/login', { body })).body).toMatchObject({
      return: [{ user: 'carol', perms: ['test.ping'] }],
    });
  });

  it('are refused in the same words, whatever is wrong', async () => {
    const wrong = [
      { ...users.ada, password: 'x' },
      { ...users.ada, username: 'nobody' },
      { ...users.ada, eauth: 'pam2' },
      { username: 'ada', password: 'pw-ada' },
      {},
    ];
    const answers = await Promise.all(wrong.map(async (body) => refusal('/login', { body })));
    expect(answers).toEqual(wrong.map(() => [401, 'Could not authenticate using provided credentials']));
    expect(await refusal('/login', { method: 'POST' })).toEqual([
      401,
      'Could not authenticate using provided credentials',
    ]);
  });

  it('ignore token_expire unless it is allowed', async () => {
    const { body } = await api.request('/login', { body: { ...users.ada, token_expire: 5 } });
    const { start, expire } = (body as { return: [{ start: number; expire: number }] }).return[0];
    expect(expire - start).toBeCloseTo(43_200);
  });

  it('are known by header and cookie; the header counts', async () => {
    const cookie = (token: string): Record<string, string> => ({ cookie: `other=1; session_id=${token}` });
    expect((await api.request('/stats', { token: ada })).status).toBe(200);
    expect((await api.request('/stats', { headers: cookie(ada) })).status).toBe(200);
    expect((await api.request('/stats', { token: '0'.repeat(40), headers: cookie(ada) })).status).toBe(401);
    expect((await api.request('/stats', { token: ada, headers: cookie('0'.repeat(40)) })).status).toBe(200);
    expect((await api.request('/stats')).status).toBe(401);
  });

  it('end at once at logout, also where their streams are', async () => {
    const token = await api.logIn('ada');
    const stream = await fetch(`${api.url}/events`, { headers: { 'x-auth-token': token } });
    const whole = stream.text();
    const { status, body, headers } = await api.request('/logout', { token, body: {} });
    expect([status, body]).toEqual([200, { return: 'Your token has been cleared' }]);
    expect(headers.get('set-cookie')).toMatch(/^session_id=; expires=Thu, 01 Jan 1970/);
    expect(await whole).toMatch(/^retry: 400\n/);
    expect((await api.request('/stats', { token })).status).toBe(401);
    expect((await api.request('/logout', { token, body: {} })).status).toBe(401);
  });

  it('give no cookie to whoever has none', async () => {
    const { headers } = await api.request('/stats');
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('www-authenticate')).toBe('Session');
  });
});

describe('tokens of the master', () => {
  it('are made without a session, a bare list', async () => {
    const { status, body, headers } = await api.request('/token', { body: users.ada });
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toBeNull();
    const token = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(body).toEqual([{ start: moment, expire: moment, name: 'ada', eauth: 'file', token }]);
    const [{ token: text }] = body as [{ token: string }];
    const chunk = { client: 'local', tgt: 'web1', fun: 'test.ping', token: text };
    expect((await api.request('/run', { body: chunk })).body).toEqual({ return: [{ web1: true }] });
    expect((await api.request('/stats', { token: text })).status).toBe(401);
    expect(await refusal('/run', { body: { ...chunk, token: ada } })).toEqual([401, 'Authentication error occurred.']);
  });

  it('are wanted with all three fields', async () => {
    const expected = [400, 'Require "username", "password", and "eauth" params'];
    expect(await refusal('/token', { body: { username: 'ada' } })).toEqual(expected);
  });
});

describe('/run', () => {
  const ping = { client: 'local', tgt: 'web1', fun: 'test.ping' } as const;

  it('takes credentials in each chunk', async () => {
    const { body, headers } = await api.request('/run', { body: [{ ...ping, ...users.bob }] });
    expect(body).toEqual({ return: [{ web1: true }] });
    expect(headers.get('set-cookie')).toBeNull();
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'No authentication credentials given'],
    ['a token that is none', { token: 'xyz' }, 'Invalid token'],
    ['an unknown token', { token: 'ab'.repeat(32) }, 'Authentication error occurred.'],
    ['a wrong password', { ...users.ada, password: 'x' }, 'Authentication error occurred.'],
    ['a shell', { ...users.ada, raw_shell: true }, 'Raw shell option not allowed.'],
    ['no right', { ...users.nil }, 'Authorization error occurred.'],
  ])('refuses %s', async (_name, proof, message) => {
    expect(await refusal('/run', { body: { ...ping, ...proof } })).toEqual([401, message]);
  });

  it('does not look at the header', async () => {
    expect((await refusal('/run', { token: ada, body: ping }))[0]).toBe(401);
  });

  it('names who was refused a runner or wheel function', async () => {
    const body = { client: 'runner', fun: 'manage.up', ...users.bob };
    expect(await refusal('/run', { body })).toEqual([
      401,
      'Authentication failure of type "eauth" occurred for user bob.',
    ]);
    expect(await refusal('/', { token: bob, body: { client: 'wheel', fun: 'key.accept', match: '*' } })).toEqual([
      401,
      'Authentication failure of type "token" occurred for user bob.',
    ]);
  });
});

describe('local', () => {
  it('answers what minions return', async () => {
    expect(await run({ client: 'local', tgt: '*', fun: 'test.ping' })).toEqual([{ web1: true, db1: true }]);
    expect(await run({ client: 'local', tgt: 'none*', fun: 'test.ping' })).toEqual([{}]);
  });

  it.each([
    ['list', ['web1', 'db1'], ['db1', 'web1']],
    ['list', 'web1,db1', ['db1', 'web1']],
    ['pcre', 'web\\d', ['web1']],
    ['grain', 'id:db1', ['db1']],
    ['compound', 'E@w.* or L@db1', ['db1', 'web1']],
    ['nosuchtype', '*', []],
  ])('reads targets of type %s', async (type, tgt, ids) => {
    const [answer] = await run({ client: 'local', tgt, tgt_type: type, fun: 'test.ping' });
    expect(Object.keys(answer as object).toSorted()).toEqual(ids);
  });

  it('answers in full when asked to', async () => {
    const [full] = await run({ client: 'local', tgt: 'web1', fun: 'test.ping', full_return: true });
    expect(full).toEqual({ web1: { ret: true, retcode: 0, jid } });
    const [unknown] = await run({ client: 'local', tgt: 'web1', fun: 'test.nosuch', full_return: true });
    expect(unknown).toEqual({ web1: { ret: "'test.nosuch' is not available.", retcode: 1, jid, out: 'nested' } });
    const [failed] = await run({
      client: 'local',
      tgt: 'web1',
      fun: 'state.apply',
      arg: ['nosuch'],
      full_return: true,
    });
    expect(failed).toMatchObject({ web1: { retcode: 1, out: 'highstate' } });
  });

  it('keeps texts texts, but for name=value', async () => {
    const chunk = {
      client: 'local',
      tgt: 'web1',
      fun: 'test.arg',
      arg: ['2', 'true', 3, 'y={a: 1}', { __kwarg__: true, z: '4' }],
    };
    expect(await run({ ...chunk, kwarg: { k: [1, null] } })).toEqual([
      { web1: { args: ['2', 'true', 3], kwargs: { y: { a: 1 }, z: '4', k: [1, null] } } },
    ]);
    expect(await run({ ...chunk, arg: 'alone' })).toEqual([{ web1: { args: ['alone'], kwargs: {} } }]);
  });

  it('is not disturbed by what pepper and others send besides', async () => {
    const chunk = {
      client: 'local',
      tgt: 'web1',
      fun: 'test.ping',
      batch: null,
      arg: [],
      expr_form: 'glob',
      token: 'x',
    };
    expect(await run({ ...chunk, username: 'root' })).toEqual([{ web1: true }]);
  });

  it('runs several functions', async () => {
    const chunk = { client: 'local', tgt: 'web1', fun: ['test.ping', 'test.echo'], arg: [[], ['a=b', 'x']] };
    expect(await run({ ...chunk, arg: [[], ['x']] })).toEqual([{ web1: { 'test.ping': true, 'test.echo': 'x' } }]);
  });

  it('lets a list of functions pass only when all are allowed (a hole of Salt)', async () => {
    const chunk = { client: 'local', tgt: 'web1', fun: ['test.ping', 'cmd.run'], arg: [[], ['id']] };
    expect(await refusal('/', { token: bob, body: chunk })).toEqual([401, 'Authorization error occurred.']);
    expect(await refusal('/', { token: bob, body: { ...chunk, fun: 'test.ping,cmd.run' } })).toEqual([
      401,
      'Authorization error occurred.',
    ]);
    expect(
      await refusal('/', { token: bob, body: { ...chunk, fun: ['state.single'], arg: [['cmd.run', 'id']] } }),
    ).toEqual([401, 'Authorization error occurred.']);
  });

  it('judges targets', async () => {
    const uptime = { client: 'local', fun: 'status.uptime' };
    expect((await api.request('/', { token: bob, body: { ...uptime, tgt: 'web1' } })).status).toBe(200);
    for (const tgt of ['db1', '*']) expect((await refusal('/', { token: bob, body: { ...uptime, tgt } }))[0]).toBe(401);
  });

  it('answers false for a minion that is away', async () => {
    const { fleet } = api;
    const [gone] = await fleet.join('gone1');
    await gone?.stop();
    await fleet.master().logged('minion disconnected', { minion: 'gone1' });
    const chunk = { client: 'local', tgt: 'gone1', fun: 'test.ping', timeout: 1 };
    expect(await run(chunk)).toEqual([{ gone1: false }]);
    expect(await run({ ...chunk, timeout: '1', full_return: true })).toEqual([{ gone1: false }]);
    await fleet.run('salt-key', '-d', 'gone1', '-y');
  });

  it('runs chunks one after another and answers each', async () => {
    const ping = { client: 'local', tgt: 'web1', fun: 'test.ping' };
    expect(await run([ping, { client: 'runner', fun: 'manage.up' }, { ...ping, tgt: 'none' }])).toEqual([
      { web1: true },
      ['db1', 'web1'],
      {},
    ]);
  });
});

describe('the other clients', () => {
  it('local_async answers exactly jid and minions', async () => {
    expect(await run({ client: 'local_async', tgt: '*', fun: 'test.ping' })).toEqual([
      { jid, minions: ['db1', 'web1'] },
    ]);
    expect(await run({ client: 'local_async', tgt: 'none', fun: 'test.ping' })).toEqual([{}]);
  });

  it('a runner waits for a job and answers what it returned', async () => {
    const [begun] = await run({ client: 'local_async', tgt: 'web1', fun: 'test.echo', arg: ['waited for'] });
    const { jid: id } = begun as { jid: string };
    expect(await run({ client: 'runner', fun: 'jobs.follow', jid: id })).toEqual([{ web1: 'waited for' }]);
  });

  it('local_batch answers an entry a minion', async () => {
    const chunk = { client: 'local_batch', tgt: '*', fun: 'test.ping', batch: '1' };
    expect(await run({ ...chunk, full_return: true })).toEqual([{ db1: true }, { web1: true }]);
    expect(await run({ ...chunk, batch: '50%', tgt: 'none' })).toEqual([]);
    const [raw] = await run({ ...chunk, raw: true, tgt: 'web1' });
    expect(raw).toMatchObject({ data: { id: 'web1', return: true, retcode: 0, success: true, fun: 'test.ping' } });
  });

  it('local_subset answers so many minions', async () => {
    const [answer] = await run({ client: 'local_subset', tgt: '*', fun: 'test.ping', subset: 1 });
    expect(Object.values(answer as object)).toEqual([true]);
  });

  it('local_batch answers whole events with raw', async () => {
    const chunk = { client: 'local_batch', tgt: 'web1', fun: 'test.arg', arg: ['a', 'b=1'], batch: '1', raw: true };
    const [event] = await run(chunk);
    const { tag, data } = event as { tag: string; data: Record<string, unknown> };
    expect(tag).toBe(`salt/job/${String(data['jid'])}/ret/web1`);
    expect(data).toEqual({
      ...{ cmd: '_return', id: 'web1', fun: 'test.arg', fun_args: ['a', { b: 1 }], user: 'ada', retcode: 0 },
      ...{ success: true, return: { args: ['a'], kwargs: { b: 1 } } },
      jid: expect.stringMatching(/^\d{20}$/) as unknown,
      _stamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}$/) as unknown,
    });
  });

  it('local gives the job the id that the chunk has', async () => {
    const chunk = { client: 'local', tgt: 'web1', fun: 'test.ping', jid: '20250102030405000006', full_return: true };
    expect(await run(chunk)).toEqual([{ web1: { jid: '20250102030405000006', ret: true, retcode: 0 } }]);
    const again = await api.request('/', { token: ada, body: chunk });
    expect([again.status, again.body]).toMatchObject([409, { error: { code: 'job-exists' } }]);
    const wrong = await api.request('/', { token: ada, body: { ...chunk, jid: 'abc' } });
    expect([wrong.status, wrong.body]).toMatchObject([400, { error: { code: 'request-invalid' } }]);
  });

  it('local hands returns on to returners too, by their names', async () => {
    const filename = api.fleet.folder.at('returned');
    const chunk = { client: 'local', tgt: 'web1', fun: 'test.echo', arg: ['told'], ret: 'rawfile_json' };
    expect(await run({ ...chunk, ret_kwargs: { filename } })).toEqual([{ web1: 'told' }]);
    const written = (): string => (existsSync(filename) ? readFileSync(filename, 'utf8') : '');
    await expect.poll(written, { timeout: 20_000 }).toContain('\n');
    const [line = ''] = written().split('\n');
    expect(JSON.parse(line)).toMatchObject({ id: 'web1', fun: 'test.echo', fun_args: ['told'], return: 'told', jid });
    const unknown = await api.request('/', { token: ada, body: { ...chunk, ret: 'nosuch' } });
    expect([unknown.status, unknown.text]).toEqual([expect.any(Number), expect.stringContaining("'nosuch'")]);
    expect(unknown.status).toBeGreaterThanOrEqual(400);
    const bob1 = await api.request('/', { token: bob, body: { ...chunk, ret_kwargs: { filename } } });
    expect(bob1.status).toBe(401);
  });

  it('caller runs functions on the master, for those who may run them there', async () => {
    const chunk = { client: 'caller', fun: 'test.arg', arg: ['a', '2', 'b=1'], kwarg: { c: [3] } };
    expect(await run(chunk)).toEqual([{ args: ['a', 2], kwargs: { b: 1, c: [3] } }]);
    expect(await run({ client: 'caller', fun: 'test.nosuch' })).toEqual(["'test.nosuch' is not available."]);
    const refused = await api.request('/', { token: bob, body: { client: 'caller', fun: 'test.ping' } });
    expect(refused.status).toBe(401);
    const none = await api.request('/', { token: ada, body: { client: 'caller' } });
    expect([none.status, none.body]).toMatchObject([400, { return: 'caller takes at least 1 argument (0 given)' }]);
  });

  it('runner has what clients expect for jobs that are not there (yet)', async () => {
    const jid = '20200102030405000006';
    const job = { Error: 'Cannot contact returner or no job with this jid', Result: {} };
    expect(await run({ client: 'runner', fun: 'jobs.lookup_jid', kwarg: { jid } })).toEqual([{}]);
    expect(await run({ client: 'runner', fun: 'jobs.list_job', jid })).toEqual([
      { ...job, jid, StartTime: '2020, Jan 02 03:04:05.000006' },
    ]);
    expect(await run({ client: 'runner', fun: 'jobs.list_job', arg: ['abc'] })).toEqual([
      { ...job, jid: 'abc', StartTime: '' },
    ]);
  });

  it('runner answers what the runner returns, in full when asked to', async () => {
    expect(await run({ client: 'runner', fun: 'manage.up' })).toEqual([['db1', 'web1']]);
    const [full] = await run({ client: 'runner', fun: 'test.arg', arg: ['1', 'a=2'], foo: 'bar', full_return: true });
    expect(full).toEqual({
      data: {
        ...{ fun: 'runner.test.arg', jid, user: 'ada', fun_args: [1, { a: 2, foo: 'bar' }], _stamp: stamp },
        ...{ return: { args: [1], kwargs: { a: 2, foo: 'bar' } }, success: true },
      },
      tag: expect.stringMatching(/^salt\/run\/\d{20}\/ret$/) as string,
    });
    const [wrong] = await run({ client: 'runner', fun: 'jobs.list_job', nosuch: 1 });
    expect(wrong).toMatch(/^\nPassed invalid arguments: [^]+\n\nUsage:\n/);
    expect((await api.request('/', { token: ada, body: { client: 'runner', fun: 'no.such' } })).status).toBe(500);
    expect(await refusal('/', { token: ada, body: { client: 'runner' } })).toEqual([
      400,
      'runner takes at least 1 argument (0 given)',
    ]);
  });

  it('runner_async and wheel_async answer tag and jid, and refuse what is not allowed', async () => {
    for (const [client, fun, kind] of [
      ['runner_async', 'manage.up', 'run'],
      ['wheel_async', 'key.list_all', 'wheel'],
    ]) {
      const [answer] = (await run({ client, fun })) as [{ readonly jid: string }];
      expect(answer).toEqual({ jid, tag: `salt/${kind}/${answer.jid}` });
    }
    const body = { client: 'wheel_async', fun: 'key.accept', match: '*' };
    expect((await refusal('/', { token: bob, body }))[0]).toBe(401);
  });

  it('wheel wraps what it answers', async () => {
    const [answer] = await run({ client: 'wheel', fun: 'key.list_all', match: 'ignored' });
    const tag = expect.stringMatching(/^salt\/wheel\/\d{20}$/) as string;
    expect(answer).toEqual({
      tag,
      data: {
        ...{ fun: 'wheel.key.list_all', jid, tag, user: 'ada', _stamp: stamp, success: true },
        return: {
          ...{ minions: ['db1', 'web1'], minions_pre: [], minions_rejected: [], minions_denied: [] },
          local: ['master.pem', 'master.pub'],
        },
      },
    });
    const [unknown] = await run({ client: 'wheel', fun: 'no.such' });
    expect(unknown).toMatchObject({
      data: { success: false, return: expect.stringContaining('is not available') as string },
    });
    const [missing] = await run({ client: 'wheel', fun: 'key.accept' });
    expect(missing).toMatchObject({ data: { success: false } });
  });

  it('that do not exist or are disabled are told', async () => {
    const answers = await Promise.all(
      ['x', undefined, 'constructor'].map(async (client) =>
        refusal('/', { token: ada, body: { client, fun: 'test.ping' } }),
      ),
    );
    expect(answers).toEqual(['x', 'None', 'constructor'].map((name) => [400, `Invalid client specified: '${name}'`]));
  });
});

describe('bodies', () => {
  const send = async (type: string | undefined, body: string, token = ada): Promise<Answer> =>
    api.request('/', { token, body, headers: type === undefined ? {} : { 'content-type': type } });

  it.each([
    ['application/json', '{"client": "local", "tgt": "web1", "fun": "test.ping"}'],
    ['application/json; charset=utf-8', '[{"client": "local", "tgt": "web1", "fun": "test.ping"}]'],
    ['application/x-yaml', 'client: local\ntgt: web1\nfun: test.ping\n'],
    ['text/yaml', '- client: local\n  tgt: web1\n  fun: test.ping\n'],
    ['text/plain;charset=UTF-8', '{"client": "local", "tgt": "web1", "fun": "test.ping"}'],
    ['application/x-www-form-urlencoded', 'client=local&tgt=web1&fun=test.ping&arg='],
  ])('are read as %s', async (type, body) => {
    expect((await send(type, body)).body).toEqual({ return: [{ web1: true }] });
  });

  it('as forms have YAML in arg and kwarg, and lists for repeated keys', async () => {
    const form = 'client=local&tgt=web1&tgt=db1&tgt_type=list&fun=test.arg&arg=2&arg={x: 1}&kwarg={"z": 3}&timeout=20';
    const answer = { args: [2, { x: 1 }], kwargs: { z: 3 } };
    expect((await send('application/x-www-form-urlencoded', form)).body).toEqual({
      return: [{ web1: answer, db1: answer }],
    });
  });

  it.each([
    ['application/json', '{', 400, 'Invalid JSON document'],
    ['application/x-yaml', 'a: [', 400, 'Invalid YAML document'],
    ['application/json', '"x"', 400, 'Lowstates must be a list'],
    ['application/json', '5', 400, 'Lowstates must be a list'],
    ['application/json', '{}', 400, 'Lowstates must be a list'],
    ['application/json', '[1]', 400, 'Lowstates must be a list of mappings'],
    ['text/plain', 'hello', 400, 'Lowstates must be a list'],
    ['application/xml', '<a/>', 406, 'Content type not supported'],
    ['application/json', `${'['.repeat(70)}${']'.repeat(70)}`, 400, 'The body nests deeper than 64 levels'],
  ])('%s %s is %i', async (type, text, status, message) => {
    const answer = await send(type, text);
    expect([answer.status, (answer.body as { return: string }).return]).toEqual([status, message]);
  });

  it('are a list of nothing, or missing', async () => {
    expect((await send('application/json', '[]')).body).toEqual({ return: [] });
    expect(await refusal('/', { token: ada, method: 'POST' })).toEqual([400, 'Lowstates must be a list']);
  });

  it.each([
    { client: 'local', fun: 'test.ping' },
    { client: 'local', tgt: '*' },
    { client: 'local', tgt: '*', fun: 'x' },
    { client: 'local', tgt: 'g', tgt_type: 'nodegroup', fun: 'test.ping' },
  ])('that cannot be a job are 400 and not 500 (%j)', async (chunk) => {
    expect((await api.request('/', { token: ada, body: chunk })).status).toBe(400);
  });
});

describe('answers', () => {
  it('are JSON as Python writes it, or YAML', async () => {
    const { text, headers } = await api.request('/', {
      token: ada,
      body: { client: 'local', tgt: 'web1', fun: 'test.echo', arg: ['ü'] },
    });
    expect([text, headers.get('content-type')]).toEqual(['{"return": [{"web1": "\\u00fc"}]}', 'application/json']);
    const yaml = await api.request('/login', { headers: { accept: 'application/json;q=0.1, application/x-yaml' } });
    expect(yaml.text).toBe('return: Please log in\nstatus: null\n');
    expect(yaml.headers.get('content-type')).toBe('application/x-yaml');
    for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.2']) {
      expect((await api.request('/', { headers: { accept } })).headers.get('content-type')).toBe('application/json');
    }
    expect((await api.request('/', { headers: { accept: 'text/csv' } })).status).toBe(406);
  });

  it('welcome anybody with the list of clients', async () => {
    expect((await api.request('/')).body).toEqual({
      return: 'Welcome',
      clients: [
        'local',
        'local_async',
        'local_batch',
        'local_subset',
        'runner',
        'runner_async',
        'ssh',
        'wheel',
        'wheel_async',
      ],
    });
    expect((await api.request('/login')).headers.get('www-authenticate')).toBe('Session');
    expect((await api.request('/', { method: 'HEAD' })).text).toBe('');
  });

  it('tell what is not there', async () => {
    expect(await refusal('/nosuch', {})).toEqual([404, "The path '/nosuch' was not found."]);
    expect(await refusal('/minions?nosuch=1', { token: ada })).toEqual([404, 'Nothing matches the given URI']);
    const cases = [
      ['GET', '/logout', 'POST'],
      ['PUT', '/', 'GET, HEAD, POST'],
      ['DELETE', '/minions/web1', 'GET, HEAD, POST'],
      ['GET', '/hook/x', 'POST'],
      ['POST', '/stats', 'GET, HEAD'],
      ['POST', '/events', 'GET, HEAD'],
    ] as const;
    for (const [method, path, allow] of cases) {
      const { status, headers } = await api.request(path, { method, token: ada });
      expect([path, status, headers.get('allow')]).toEqual([path, 405, allow]);
    }
    expect((await api.request('/ws')).status).toBe(426);
  });

  it('let pages of other servers read, but not with cookies', async () => {
    const preflight = { 'access-control-request-method': 'POST', origin: 'https://other.example' };
    const { status, headers } = await api.request('/', { method: 'OPTIONS', headers: preflight });
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': 'https://other.example',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Content-Type, X-Auth-Token, X-Requested-With',
      'access-control-max-age': '1400',
    });
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    const origin = 'https://other.example';
    expect((await api.request('/stats', { headers: { origin, cookie: `session_id=${ada}` } })).status).toBe(403);
    expect((await api.request('/stats', { headers: { origin: api.url, cookie: `session_id=${ada}` } })).status).toBe(
      200,
    );
    expect((await api.request('/stats', { token: ada, headers: { origin } })).status).toBe(200);
  });

  it('do not name Salt, nor show stack traces', async () => {
    const { headers, text } = await api.request('/', { token: ada, body: { client: 'runner', fun: 'no.such' } });
    expect(headers.get('x-salt-version')).toBeNull();
    expect(text).not.toMatch(/ at |\.ts|node_modules/);
  });
});

describe('/minions', () => {
  it('has the grains of all, of one, of those that match', async () => {
    const ids = async (path: string): Promise<readonly string[]> => {
      const { body } = await api.request(path, { token: ada });
      return Object.keys((body as { return: [object] }).return[0]).toSorted();
    };
    expect(await ids('/minions')).toEqual(['db1', 'web1']);
    expect(await ids('/minions/')).toEqual(['db1', 'web1']);
    expect(await ids('/minions/web1')).toEqual(['web1']);
    expect(await ids('/minions/*1')).toEqual(['db1', 'web1']);
    expect(await ids('/minions?mid=db1')).toEqual(['db1']);
    expect(await ids('/minions/none')).toEqual([]);
    expect((await api.request('/minions')).status).toBe(401);
  });

  it('takes jobs', async () => {
    const { status, body } = await api.request('/minions', { token: ada, body: { tgt: '*', fun: 'test.ping' } });
    expect(status).toBe(202);
    const [{ jid: id }] = (body as { return: [{ jid: string }] }).return;
    expect(body).toEqual({
      return: [{ jid: id, minions: ['db1', 'web1'] }],
      _links: { jobs: [{ href: `/jobs/${id}` }] },
    });
    const none = await api.request('/minions', { token: ada, body: { tgt: 'none', fun: 'test.ping' } });
    expect([none.status, none.body]).toEqual([202, { return: [{}], _links: { jobs: [] } }]);
  });
});

describe('/jobs', () => {
  it('lists jobs and shows one', async () => {
    await run({ client: 'local', tgt: 'web1', fun: 'test.arg', arg: ['listed'] });
    const { body } = await api.request('/jobs', { token: ada });
    const [jobs] = (body as { return: [Record<string, { readonly Arguments: unknown }>] }).return;
    const [id, job] =
      Object.entries(jobs).find(([, { Arguments: args }]) => JSON.stringify(args) === '["listed"]') ?? [];
    expect(job).toMatchObject({
      ...{ Function: 'test.arg', Arguments: ['listed'], Target: 'web1', 'Target-type': 'glob', User: 'ada' },
      StartTime: expect.stringMatching(/^\d{4}, [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{6}$/) as string,
    });
    const one = await api.request(`/jobs/${id}`, { token: ada });
    const returned = { args: ['listed'], kwargs: {} };
    expect(one.body).toMatchObject({
      info: [{ jid: id, ...job, Minions: ['web1'], Result: { web1: { return: returned, retcode: 0, success: true } } }],
      return: [{ web1: returned }],
    });
    expect((await api.request(`/jobs?jid=${id}`, { token: ada })).body).toEqual(one.body);
  });

  it('says so of a job that is not there', async () => {
    expect((await api.request('/jobs/notajid', { token: ada })).body).toEqual({
      info: [{ jid: 'notajid', Error: 'Cannot contact returner or no job with this jid', StartTime: '', Result: {} }],
      return: [{}],
    });
  });

  it('finds jobs of several functions by a filter (a failure in Salt)', async () => {
    const chunk = { client: 'local_async', tgt: 'web1', fun: ['test.ping', 'test.version'], arg: [[], []] };
    const [{ jid: id }] = (await run(chunk)) as [{ jid: string }];
    const found = async (filter: unknown): Promise<boolean> => {
      const [jobs] = await run({ client: 'runner', fun: 'jobs.list_jobs', search_function: filter });
      return Object.keys(jobs as object).includes(id);
    };
    expect([await found('test.ver*'), await found(['state.apply', 'test.ping']), await found('state.*')]).toEqual([
      ...[true, true, false],
    ]);
  });

  it('wants the right of the runner', async () => {
    const nil = await api.logIn('nil');
    expect((await api.request('/jobs', { token: bob })).status).toBe(200);
    expect((await api.request('/jobs', { token: nil })).status).toBe(401);
  });
});

describe('/keys', () => {
  it('lists keys and shows fingerprints', async () => {
    expect((await api.request('/keys', { token: bob })).body).toMatchObject({ return: { minions: ['db1', 'web1'] } });
    const print = expect.stringMatching(/^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/) as string;
    expect((await api.request('/keys/web1', { token: ada })).body).toEqual({ return: { minions: { web1: print } } });
    expect((await api.request('/keys/none', { token: ada })).body).toEqual({ return: {} });
    expect((await api.request('/keys/web1', { token: bob })).status).toBe(401);
    expect((await api.request('/keys')).status).toBe(401);
  });

  it('makes a key pair, accepts it and hands it over as a tar', async () => {
    const response = await fetch(`${api.url}/keys`, {
      method: 'POST',
      body: new URLSearchParams({ mid: 'new1', keysize: '2048', ...users.ada }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-tar');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="saltkeys-new1.tar"');
    const tar = Buffer.from(await response.arrayBuffer());
    expect(tar).toHaveLength(10_240);
    const { spawnSync } = await import('node:child_process');
    const listed = spawnSync('tar', ['-tvf', '-', '--numeric-owner'], {
      input: tar,
      env: { ...process.env, TZ: 'UTC' },
      encoding: 'utf8',
    });
    expect(listed.stdout.split('\n').map((line) => line.split(/\s+/))).toMatchObject([
      ['-rw-r--r--', '0/0', expect.any(String), '1970-01-01', '00:00', 'minion.pub'],
      ['-rw-r--r--', '0/0', expect.any(String), '1970-01-01', '00:00', 'minion.pem'],
      [''],
    ]);
    const keys = (await run({ client: 'wheel', fun: 'key.list', match: 'accepted' })) as [
      { data: { return: unknown } },
    ];
    expect(keys[0].data.return).toEqual({ minions: ['db1', 'new1', 'web1'] });
    const again = await api.request('/keys', { body: { mid: 'new1', ...users.ada } });
    expect(again.status).toBe(409);
    expect((await api.request('/keys', { body: { mid: 'x', ...users.ada, password: 'x' } })).status).toBe(401);
    expect((await api.request('/keys', { token: ada, body: { mid: 'x' } })).status).toBe(401);
    expect((await api.request('/keys', { body: { mid: 'x', ...users.bob } })).status).toBe(401);
    await run({ client: 'wheel', fun: 'key.delete', match: 'new1' });
  });
});
