import { describe, expect, it } from 'vitest';
import { createAsyncQueue } from './async-queue.ts';

async function readAll<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('the async queue', () => {
  it('hands over items in order, pushed before and after reading began', async () => {
    const queue = createAsyncQueue<number>(10);
    queue.push(1);
    const read = readAll(queue);
    queue.push(2);
    await Promise.resolve();
    queue.push(3);
    queue.end();
    expect(await read).toEqual([1, 2, 3]);
  });

  it('drops what exceeds its limit and counts it', async () => {
    const queue = createAsyncQueue<number>(2);
    expect([1, 2, 3, 4].map((item) => queue.push(item))).toEqual([true, true, false, false]);
    expect(queue.takeDropped()).toBe(2);
    expect(queue.takeDropped()).toBe(0);
    queue.end();
    expect(await readAll(queue)).toEqual([1, 2]);
  });

  it('ends its reader when the signal aborts', async () => {
    const controller = new AbortController();
    const queue = createAsyncQueue<number>(2, controller.signal);
    const read = readAll(queue);
    controller.abort();
    expect(await read).toEqual([]);
    expect(queue.push(1)).toBe(false);
  });
});
