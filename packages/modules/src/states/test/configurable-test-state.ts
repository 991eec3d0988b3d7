import { z } from 'zod';
import {
  argument,
  defineState,
  flag,
  optional,
  text,
  textList,
  willChange,
  withDefault,
  type Argument,
} from '../../kit/index.ts';
import { pretendedChange, watchFired } from '../../providers/test-outcomes.ts';

/** `test.configurable_test_state` */
export const configurableTestState = defineState({
  name: 'test.configurable_test_state',
  summary: 'Answers the result, changes, comment and warnings it is told to.',
  args: z.object({
    name: text().describe('Any name.'),
    changes: withDefault(flagOrRandom(), true).describe('Whether it pretends a change; Random tosses a coin.'),
    result: withDefault(flagOrRandom(), true).describe('Whether it succeeds; Random tosses a coin.'),
    comment: withDefault(text(), '').describe('What it says.'),
    warnings: optional(textList()).describe('Warnings it gives.'),
  }),
  examples: [
    `anything:
  test.configurable_test_state:
    - result: false
    - comment: broken on purpose`,
  ],
  notIdempotent: 'it pretends a change each time, which is what it is for',
  async check({ changes, result, comment, warnings }) {
    const extra = warnings === undefined ? {} : { extra: { warnings } };
    const failed = !toss(result);
    const foretoldComment = comment === '' ? 'This is a test' : comment;
    if (!toss(changes)) {
      const told = { comment, foretoldComment, ...extra };
      return failed ? { kind: 'fail', ...told, isForetoldOk: true } : { kind: 'ok', ...told };
    }
    const pending = { comment: foretoldComment, changes: pretendedChange, ...extra };
    return willChange(pending, async () => ({ comment, changes: pretendedChange, failed, ...extra }));
  },
  onWatch: watchFired,
});

function flagOrRandom(): Argument<boolean | 'random'> {
  return argument<boolean | 'random'>('True, False or Random', (value) => {
    if (typeof value === 'string' && value.toLowerCase() === 'random') return 'random';
    return flag().safeParse(value).data;
  });
}

function toss(wish: boolean | 'random'): boolean {
  return wish === 'random' ? Math.random() < 0.5 : wish;
}
