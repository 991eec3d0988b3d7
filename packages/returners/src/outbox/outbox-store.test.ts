import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeValue, pythonStr, silentLogger, type Dict } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeDelivery } from './delivery-codec.ts';
import type { DeliveryProcess } from './delivery-process.ts';
import { createOutbox, type Outbox } from './outbox-store.ts';

let folder: string;
let clock: ReturnType<typeof createManualClock>;
let outbox: Outbox;
/** What came to a returner, by name. */
let delivered: string[];
/** Returners that are down. */
let down: Set<string>;
let errors: string[];

const process: DeliveryProcess = {
  async deliver({ delivery, options }) {
    const { returner, payload } = decodeDelivery(delivery);
    if (down.has(returner)) return 'nobody answers';
    delivered.push(
      `${returner} ${pythonStr((payload as Dict).get('jid') ?? '')} ${String((decodeValue(options) as Dict).size)}`,
    );
    return undefined;
  },
  stop: async () => {},
};

function open(limitBytes?: number): Outbox {
  return createOutbox({
    ...{ folder, id: 'web1', clock, process, options: () => new Map([['id', 'web1']]) },
    logger: { ...silentLogger, error: (message) => void errors.push(message) },
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
}

const put = async (returner: string, jid: string): Promise<void> =>
  outbox.put({ kind: 'return', returner, payload: new Map([['jid', jid]]) });
const waiting = (): number => readdirSync(folder).filter((name) => name.endsWith('.delivery')).length;
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'brine-outbox-')), 'returns');
  clock = createManualClock();
  [delivered, errors, down] = [[], [], new Set()];
  outbox = open();
  await outbox.start();
});

afterEach(async () => {
  await outbox.stop();
  rmSync(join(folder, '..'), { recursive: true });
});

describe('an outbox', () => {
  it('hands on what it gets and forgets it', async () => {
    await put('redis', '1');
    await outbox.drain(60_000);
    expect(delivered).toEqual(['redis 1 1']);
    expect(waiting()).toBe(0);
  });

  it('keeps what a returner does not take and tries again, without holding up others', async () => {
    down.add('redis');
    await put('redis', '1');
    await put('http', '2');
    await until(() => errors.length > 0 && waiting() === 1);
    expect(delivered).toEqual(['http 2 1']);
    expect(waiting()).toBe(1);
    expect(errors).toEqual(['a returner failed; it is tried again']);
    down.clear();
    clock.advance(1000);
    await outbox.drain(60_000);
    expect(delivered).toEqual(['http 2 1', 'redis 1 1']);
    expect(waiting()).toBe(0);
  });

  it('takes up what an earlier process left', async () => {
    down.add('redis');
    await put('redis', '1');
    await until(() => errors.length > 0);
    await outbox.stop();
    down.clear();
    outbox = open();
    await outbox.start();
    await outbox.drain(60_000);
    expect(delivered).toEqual(['redis 1 1']);
  });

  it('gives up what cannot be read, and the oldest when too much waits', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, '00000000000001-aa.redis.delivery'), 'nonsense');
    await outbox.stop();
    down.add('redis');
    outbox = open(200);
    await outbox.start();
    await until(() => waiting() === 0);
    expect(errors).toEqual(['what waited for a returner cannot be read and was given up']);
    for (const jid of ['1', '2', '3', '4', '5', '6']) await put('redis', jid);
    expect(errors).toContain('too much waits for returners, the oldest was given up');
    expect(waiting()).toBeLessThan(6);
  });

  it('refuses a returner that does not exist', async () => {
    await expect(put('redsi', '1')).rejects.toThrow("there is no returner 'redsi'; did you mean 'redis'?");
  });
});
