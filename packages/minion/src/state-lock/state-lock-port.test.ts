import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStateLockPort } from './state-lock-port.ts';
import { createStateLock } from './state-lock.ts';
import { openTicketStore, type TicketStore } from './ticket-store.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-lock-port-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const jid = '20260102030405678901';
const { signal } = new AbortController();

/** A lock whose tickets are another process's as far as they tell. */
function lockOfProcess(pid: number) {
  return createStateLock(async (): Promise<TicketStore> => {
    const store = await openTicketStore(folder);
    return { ...store, draw: (holder) => store.draw({ ...holder, pid }) };
  });
}

describe('createStateLockPort', () => {
  it('names who has the lock, with the time of the job as Salt writes it', async () => {
    const other = createStateLockPort(lockOfProcess(4711), jid);
    const held = await other.acquire({ function: 'state.highstate', queue: false, signal });
    expect(held).toHaveProperty('release');
    const own = createStateLockPort(
      createStateLock(() => openTicketStore(folder)),
      jid,
    );
    const holder = {
      function: 'state.highstate',
      pid: 4711,
      jid,
      startedAt: '2026, Jan 02 03:04:05.678901',
    };
    expect(await own.acquire({ function: 'state.apply', queue: false, signal })).toEqual({ holders: [holder] });
    expect(await own.holders()).toEqual([holder]);
  });

  it('lets a run begin another one in the same process, and lets go with the outer one', async () => {
    const port = createStateLockPort(
      createStateLock(() => openTicketStore(folder)),
      jid,
    );
    const outer = await port.acquire({ function: 'state.apply', queue: false, signal });
    const inner = await port.acquire({ function: 'state.single', queue: false, signal });
    if (!('release' in outer) || !('release' in inner)) throw new Error('not acquired');
    await inner.release();
    expect(fs.readdirSync(folder)).not.toEqual([]);
    await outer.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('waits only while fewer than the given number wait', async () => {
    const first = await createStateLockPort(lockOfProcess(1), jid).acquire({ function: 'a', queue: false, signal });
    const second = createStateLockPort(lockOfProcess(2), jid).acquire({ function: 'b', queue: 1, signal });
    const lock = createStateLock(() => openTicketStore(folder));
    while ((await lock.holders()).length < 2) await new Promise((resolve) => setImmediate(resolve));
    const third = await createStateLockPort(lockOfProcess(3), jid).acquire({ function: 'c', queue: 1, signal });
    expect(third).toMatchObject({ holders: [{ pid: 1 }, { pid: 2 }] });
    if ('release' in first) await first.release();
    const got = await second;
    if ('release' in got) await got.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
