import { isDict, silentLogger, toPlain, toValue, type Plain } from '@brine/common';
import { expect, test } from 'vitest';
import { resolveSlots, type SlotPorts } from './resolve-slots.ts';

const conditions: SlotPorts['conditions'] = {
  call: (name, positional) => Promise.resolve(toValue({ name, first: positional[0] ?? null })),
  has: (name) => name !== 'no.such',
};

async function resolve(plain: Plain, log = silentLogger): Promise<unknown> {
  const chunk = toValue(plain);
  return isDict(chunk) ? toPlain(await resolveSlots(chunk, { conditions, log })) : undefined;
}

test('slots are resolved in texts, in lists and in the values of dicts there', async () => {
  const slot = '__slot__:salt:a.b(x).first';
  expect(await resolve({ text: slot, list: [slot, { key: slot }], dict: { key: slot }, other: 1 })).toEqual({
    text: 'x',
    list: ['x', { key: 'x' }],
    dict: { key: 'x' },
    other: 1,
  });
});

test('what is picked out of an answer may be missing, and only a text gets something behind it', async () => {
  expect(await resolve({ a: '__slot__:salt:f(x).no.such', b: '__slot__:salt:f(x) ~ more' })).toEqual({
    a: null,
    b: { name: 'f', first: 'x' },
  });
});

test('a malformed slot, or one of a function that does not exist, stays the text it is, with a warning', async () => {
  const told: unknown[] = [];
  const log = { ...silentLogger, warn: (_message: string, about?: unknown) => void told.push(about) };
  const slots = { a: '__slot__:pillar:x', b: '__slot__:salt:no.such(1)' };
  expect(await resolve(slots, log)).toEqual(slots);
  expect(told).toEqual([
    { slot: slots.a, reason: 'not of the form salt:FUNCTION(ARGUMENTS)' },
    { slot: slots.b, reason: 'no such function' },
  ]);
});
