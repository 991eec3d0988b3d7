import { expect, test } from 'vitest';
import { createMinionEvents, type MinionEvent } from './minion-events.ts';

const event = (tag: string): MinionEvent => ({ tag, data: new Uint8Array() });

test('tells each watcher what happened since it looked last, as soon as something does', async () => {
  const events = createMinionEvents();
  events.tell(event('before'));
  const begun = await events.after(undefined);
  expect(begun).toEqual({ cursor: 1, events: [] });
  const waiting = [events.after(begun.cursor), events.after(begun.cursor)];
  events.tell(event('a'));
  expect(await Promise.all(waiting)).toEqual([
    { cursor: 2, events: [event('a')] },
    { cursor: 2, events: [event('a')] },
  ]);
  events.tell(event('b'));
  events.tell(event('c'));
  expect(await events.after(2)).toEqual({ cursor: 4, events: [event('b'), event('c')] });
});

test('keeps a thousand events for one that is slow', async () => {
  const events = createMinionEvents();
  for (let index = 0; index < 1500; index += 1) events.tell(event(String(index)));
  const { cursor, events: seen } = await events.after(0);
  expect([cursor, seen.length, seen[0], seen.at(-1)]).toEqual([1500, 1000, event('500'), event('1499')]);
});
