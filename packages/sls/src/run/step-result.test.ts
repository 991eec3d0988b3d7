import { toPlain, toValue, type Dict } from '@brine/common';
import { expect, test } from 'vitest';
import type { Step } from '../compile/step.ts';
import { stepResult, toReturn } from './step-result.ts';

const step: Step = {
  ...{ chunk: new Map(), tag: 'module_|-a_|-a_|-run', state: 'module', fun: 'run', id: 'a', name: 'a' },
  ...{ sls: 's', saltenv: 'base', order: 10000, span: undefined, argumentSpans: new Map() },
};

test('a state may have another name than its step, and members of its own, but no other outcome', () => {
  const extra = toValue({ name: ['test.echo'], comment: 'forged', result: true, own: 1 }) as Dict;
  expect(toPlain(toReturn(step, stepResult({ result: false, comment: 'failed', extra }), 3))).toMatchObject({
    name: ['test.echo'],
    result: false,
    comment: 'failed',
    own: 1,
    __id__: 'a',
    __run_num__: 3,
  });
});
