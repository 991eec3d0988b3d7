import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalHost } from '../../index.ts';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { toValue, type Dict, type Plain } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindStateArguments, type StateDeclaration } from '../../kit/index.ts';
import { absent } from './absent.ts';
import { string } from './string.ts';

// A real server on a free port, with a password.
const folder = mkdtempSync(join(tmpdir(), 'brine-redis-'));
const password = 'geheim';
let server: ChildProcess;
let port = 0;

beforeAll(async () => {
  port = await freePort();
  const options = ['--port', String(port), '--dir', folder, '--save', '', '--requirepass', password];
  server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve();
    });
  });
});
afterAll(async () => {
  await new Promise((resolve) => {
    server.on('exit', resolve);
    server.kill();
  });
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function apply(state: StateDeclaration, given: Readonly<Record<string, Plain>>): Promise<unknown> {
  const host = createLocalHost();
  const context = await createStateContext(createFakeHost(), state.name);
  const { args } = bindStateArguments(state, toValue({ host: '127.0.0.1', port, password, ...given }) as Dict);
  const outcome = await state.check(args, { ...context, host });
  if (outcome.kind !== 'change') return { [outcome.kind]: outcome.comment };
  const { comment, changes } = await outcome.apply(host);
  return { pending: outcome.pending.comment, comment, changes };
}

describe('states of Redis', () => {
  it('set a key, know it, and give it an end', async () => {
    const text = 'two words\nand "quotes"';
    const set = await apply(string, { name: 'greeting', value: text });
    const again = await apply(string, { name: 'greeting', value: text });
    const ends = await apply(string, { name: 'greeting', value: text, expireat: 4_000_000_000 });
    const settled = await apply(string, { name: 'greeting', value: text, expireat: 4_000_000_000 });
    expect({ set, again, ends, settled }).toEqual({
      set: {
        pending: 'Key greeting will be set',
        comment: 'Key updated to new value',
        changes: { greeting: 'Value updated' },
      },
      again: { ok: 'Key already set to defined value' },
      ends: {
        pending: 'Key already set to defined value',
        comment: 'Key already set to defined value',
        changes: { expireat: 'Key expires at 4000000000' },
      },
      settled: { ok: 'Key already set to defined value' },
    });
  });

  it('delete keys', async () => {
    await apply(string, { name: 'one', value: '1' });
    const gone = await apply(absent, { name: 'x', keys: ['one', 'never'] });
    const again = await apply(absent, { name: 'one' });
    expect({ gone, again }).toEqual({
      gone: { pending: 'Keys will be deleted: one', comment: 'Keys deleted', changes: { deleted: ['one'] } },
      again: { ok: 'Key(s) specified already absent' },
    });
  });

  it('tell what the server said', async () => {
    const answer = await apply(absent, { name: 'one', password: 'wrong' });
    expect(answer).toEqual({ fail: expect.stringContaining('Redis: ') as unknown });
  });
});
