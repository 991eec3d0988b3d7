import { createLocalHost } from '../../index.ts';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { toValue, type Dict, type Plain } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindStateArguments, type StateDeclaration } from '../../kit/index.ts';
import { startRedisServer, type RedisServer } from '../../../test-support/redis-server.ts';
import { absent } from './absent.ts';
import { string } from './string.ts';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(async () => server.stop());

async function apply(state: StateDeclaration, given: Readonly<Record<string, Plain>>): Promise<unknown> {
  const host = createLocalHost();
  const context = await createStateContext(createFakeHost(), state.name);
  const { port, password } = server;
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
