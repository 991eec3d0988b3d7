import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiFleet, users, type ApiFleet } from './api-fleet.ts';

/** A checkout of github.com/saltstack/pepper; nothing of it is in this repository. */
const pepper = process.env['PEPPER_DIR'];
const isThere = pepper !== undefined && existsSync(join(pepper, 'pepper', 'libpepper.py'));
if (!isThere) {
  process.stderr.write('pepper was NOT run against the HTTP API: PEPPER_DIR names no checkout of saltstack/pepper\n');
}

describe.skipIf(!isThere)('pepper, unmodified (needs PEPPER_DIR)', () => {
  let api: ApiFleet;

  beforeAll(async () => {
    api = await createApiFleet(['web1', 'db1']);
  });

  afterAll(async () => {
    await api.end();
  });

  async function run(
    ...args: readonly string[]
  ): Promise<{ readonly status: number | null; readonly output: unknown }> {
    const { username, password, eauth } = users.ada;
    const login = ['-u', api.url, '--username', username, '--password', password, '--eauth', eauth];
    const program = 'import sys; from pepper.script import Pepper; sys.exit(Pepper()())';
    const env = { ...process.env, PYTHONPATH: pepper, HOME: api.fleet.folder.path, BRINE_FLEET: api.fleet.folder.path };
    const child = spawn('python3', ['-c', program, ...login, ...args], { env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
    }
    const status = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    try {
      return { status, output: JSON.parse(text) as unknown };
    } catch {
      return { status, output: text };
    }
  }

  const full = (ret: unknown) => ({ ret, retcode: 0, jid: expect.any(String) as string });

  it('runs functions', async () => {
    expect(await run('*', 'test.ping')).toEqual({
      status: 0,
      output: { return: [{ web1: full(true), db1: full(true) }] },
    });
    expect((await run('-L', 'web1,db1', 'test.echo', 'hello')).output).toEqual({
      return: [{ web1: full('hello'), db1: full('hello') }],
    });
    expect((await run('web1', 'test.arg', '1', 'a=b')).output).toMatchObject({
      return: [{ web1: { ret: { args: ['1'], kwargs: { a: 'b' } } } }],
    });
  });

  it('runs batches', async () => {
    expect((await run('--batch', '1', '*', 'test.ping')).output).toEqual({ return: [{ db1: true }, { web1: true }] });
  });

  it('runs runners and wheel functions', async () => {
    expect((await run('--client=runner', 'manage.up')).output).toMatchObject({
      return: [{ data: { return: ['db1', 'web1'] } }],
    });
    expect((await run('--client=wheel', 'key.name_match', 'match=web*')).output).toMatchObject({
      return: [{ data: { return: { minions: ['web1'] }, success: true } }],
    });
  });

  it('waits for all minions', async () => {
    const { output } = await run('--fail-if-incomplete', '*', 'test.ping');
    expect(JSON.stringify(output)).toContain('web1');
  });

  it('uses tokens of the master', async () => {
    expect((await run('-r', 'web1', 'test.ping')).output).toMatchObject({ return: [{ web1: { ret: true } }] });
  });

  it('is told when the login is wrong', async () => {
    const { status, output } = await run('--password', 'wrong', 'web1', 'test.ping');
    expect([status, output]).toEqual([1, expect.stringContaining('Authentication denied')]);
  });
});
