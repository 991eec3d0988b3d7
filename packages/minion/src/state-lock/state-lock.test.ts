import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStateLock, type StateLock } from './state-lock.ts';
import { openTicketStore } from './ticket-store.ts';

let folder: string;
let directory: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-lock-'));
  directory = path.join(folder, 'state-lock');
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const open = (): StateLock => createStateLock(() => openTicketStore(directory));
const holder = (jid: string) => ({ pid: process.pid, fun: 'state.apply', jid });
const never = new AbortController().signal;

describe('createStateLock', () => {
  it('gives the lock to one and names it to the next', async () => {
    const attempt = await open().tryAcquire(holder('1'));
    expect(attempt.kind).toBe('held');
    expect(await open().tryAcquire(holder('2'))).toEqual({ kind: 'busy', holders: [holder('1')] });
  });

  it('is free again after its release and leaves no file behind', async () => {
    const attempt = await open().tryAcquire(holder('1'));
    if (attempt.kind === 'held') await attempt.lock.release();
    expect(fs.readdirSync(directory)).toEqual([]);
    expect((await open().tryAcquire(holder('2'))).kind).toBe('held');
  });

  it('serves those who wait in the order they came', async () => {
    const first = await open().tryAcquire(holder('0'));
    const order: string[] = [];
    const waiting: Promise<void>[] = [];
    for (const jid of ['1', '2', '3']) {
      waiting.push(
        open()
          .acquire(holder(jid), never)
          .then(async (lock) => {
            order.push(jid);
            await lock.release();
          }),
      );
      // The next one asks only when this one stands in the queue.
      await untilHolders(Number(jid) + 1);
    }
    if (first.kind === 'held') await first.lock.release();
    await Promise.all(waiting);
    expect(order).toEqual(['1', '2', '3']);
  });

  it('never has two holders when many ask at once', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const lock = await open().acquire(holder(String(index)), never);
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
  });

  it('lets go of its place when the wait is given up', async () => {
    const first = await open().tryAcquire(holder('1'));
    const giveUp = new AbortController();
    const second = open().acquire(holder('2'), giveUp.signal);
    await untilHolders(2);
    giveUp.abort(new Error('cancelled'));
    await expect(second).rejects.toThrow('cancelled');
    expect(await open().holders()).toEqual([holder('1')]);
    expect(first.kind).toBe('held');
  });

  it('is free when its holder was killed', async () => {
    await openTicketStore(directory);
    const name = '000000000001-0123456789abcdef';
    const script = `require('net').createServer(()=>{}).listen(${JSON.stringify(path.join(directory, name))}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    fs.writeFileSync(path.join(directory, `${name}.holder`), JSON.stringify(holder('1')));
    expect(await open().tryAcquire(holder('2'))).toEqual({ kind: 'busy', holders: [holder('1')] });
    const waiting = open().acquire(holder('3'), never);
    await untilHolders(2);
    child.kill('SIGKILL');
    const lock = await waiting;
    expect(await open().holders()).toEqual([holder('3')]);
    await lock.release();
    expect(fs.readdirSync(directory)).toEqual([]);
  });

  it('works in a folder whose path is longer than a socket address', async () => {
    directory = path.join(folder, 'x'.repeat(120), 'state-lock');
    const attempt = await open().tryAcquire(holder('1'));
    expect(attempt.kind).toBe('held');
    expect((await open().tryAcquire(holder('2'))).kind).toBe('busy');
    if (attempt.kind === 'held') await attempt.lock.release();
    expect(fs.readdirSync(directory)).toEqual([]);
  });

  it('says that its folder cannot be used', async () => {
    fs.writeFileSync(path.join(folder, 'state-lock'), '');
    await expect(open().tryAcquire(holder('1'))).rejects.toMatchObject({ code: 'lock-unusable' });
  });
});

async function untilHolders(count: number): Promise<void> {
  while ((await open().holders()).length < count) await new Promise((resolve) => setImmediate(resolve));
}
