import { expect, it } from 'vitest';
import { createIdempotentAnswers } from './idempotency.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

function setUp() {
  let time = 0;
  let count = 0;
  const answers = createIdempotentAnswers<number>(() => time);
  const ask = async (key: string, body = 'x', caller = 'ada'): Promise<number> =>
    answers.once({ key, caller, body: bytes(body) }, () => Promise.resolve((count += 1)));
  return {
    answers,
    ask,
    pass: (milliseconds: number): void => {
      time += milliseconds;
    },
  };
}

it('does what is asked twice once, also when both ask at the same time', async () => {
  const { ask } = setUp();
  expect(await Promise.all([ask('a'), ask('a')])).toEqual([1, 1]);
  expect([await ask('a'), await ask('b'), await ask('a', 'x', 'bob')]).toEqual([1, 2, 3]);
});

it('refuses a key that was used for something else', async () => {
  const { ask } = setUp();
  await ask('a');
  await expect(ask('a', 'y')).rejects.toMatchObject({ code: 'idempotency-conflict' });
});

it('forgets after a day, and failures at once', async () => {
  const { answers, ask, pass } = setUp();
  const request = { key: 'f', caller: 'ada', body: bytes('x') };
  await expect(answers.once(request, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await answers.once(request, () => Promise.resolve(7))).toBe(7);
  expect(await ask('a')).toBe(1);
  pass(86_400_000);
  expect(await ask('a')).toBe(2);
});
