import { isDict, toPlain, toValue, type Plain } from '@brine/common';
import { expect, test } from 'vitest';
import type { ConditionPort } from './condition-port.ts';
import { resolveSlots } from './resolve-slots.ts';

const conditions: ConditionPort = {
  call: (name, positional) => Promise.resolve(toValue({ name, first: positional[0] ?? null })),
  shell: () => Promise.reject(new Error('no shell')),
  pathExists: () => Promise.resolve(false),
};

async function resolve(plain: Plain): Promise<unknown> {
  const chunk = toValue(plain);
  return isDict(chunk) ? toPlain(await resolveSlots(chunk, conditions)) : undefined;
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

test('a malformed slot stays the text it is', async () => {
  expect(await resolve({ a: '__slot__:pillar:x' })).toEqual({ a: '__slot__:pillar:x' });
});
