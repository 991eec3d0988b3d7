import { expect, it } from 'vitest';
import { createMasterSelector } from './master-selector.ts';

const [a, b, c] = ['a', 'b', 'c'].map((host) => ({ host, port: 4506 }));
if (a === undefined || b === undefined || c === undefined) throw new Error('no addresses');

it('goes on to the next master when an attempt came to nothing, and round', () => {
  const selector = createMasterSelector([a, b, c]);
  expect([1, 2, 3, 4].map(() => selector.next().host)).toEqual(['a', 'b', 'c', 'a']);
});

it('stays with a master that let it in, tries it first when the session ends, and then goes on', () => {
  const selector = createMasterSelector([a, b, c]);
  selector.next();
  selector.next();
  for (const state of ['handshaking', 'accepted'] as const) selector.follow(state);
  expect([1, 2].map(() => selector.next().host)).toEqual(['b', 'c']);
});

it('does not leave a master where its key waits to be accepted', () => {
  const selector = createMasterSelector([a, b]);
  selector.next();
  selector.follow('pending');
  expect(selector.next().host).toBe('a');
});

it('goes back to the first one when told, and knows whether it is there', () => {
  const selector = createMasterSelector([a, b]);
  selector.next();
  expect(selector.isFirst).toBe(true);
  selector.next();
  selector.follow('accepted');
  expect(selector.isFirst).toBe(false);
  selector.restart();
  expect(selector.next().host).toBe('a');
});

it('puts the masters in a random order when asked to', () => {
  const drawn = [0.9, 0.1, 0];
  const selector = createMasterSelector([a, b, c], () => drawn.shift() ?? 0);
  expect([1, 2, 3].map(() => selector.next().host)).toEqual(['c', 'a', 'b']);
});
