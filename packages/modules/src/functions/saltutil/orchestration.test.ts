import { toValue, type JobStatus, type Plain } from '@brine/common';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import type { MinionsCall, OrchestrationPort } from '../../kit/orchestration.ts';

async function ask(name: string, positional: readonly Plain[], keyword: Readonly<Record<string, Plain>> = {}) {
  const asked: MinionsCall[] = [];
  const answer = (status: JobStatus, value: boolean | null) => ({ status, value, retcode: 0 });
  const orchestration = {
    runOnMinions: async (call: MinionsCall) => {
      asked.push(call);
      return {
        jid: '1',
        answers: new Map([
          ['web1', answer('ok', true)],
          ['web2', answer('expired', null)],
        ]),
      };
    },
  } as unknown as OrchestrationPort;
  const { value } = await callScratch(name, { positional, keyword, context: { orchestration } });
  return { value, asked };
}

it('tells what minions answered, whole or one after another', async () => {
  const expected = toValue({ web1: { ret: true, retcode: 0, jid: '1' } });
  expect((await ask('saltutil.cmd', ['web*', 'test.ping'])).value).toEqual(expected);
  const { value, asked } = await ask('saltutil.cmd_iter', ['web1,web2', 'test.arg'], {
    ...{ arg: [1], kwarg: { a: 2 }, tgt_type: 'list', timeout: 3, ret: 'local' },
  });
  expect(value).toEqual(expected);
  expect(asked).toEqual([
    {
      ...{ target: { type: 'list', expression: 'web1,web2' }, fun: 'test.arg', positional: [1] },
      ...{ keyword: new Map([['a', 2]]), timeout: 3, returners: { names: ['local'] } },
    },
  ]);
});

it('answers runs in batches in the shape of theirs', async () => {
  const { value, asked } = await ask('saltutil.cmd', ['*', 'test.ping'], { batch: '25%' });
  expect(value).toEqual(toValue({ web1: { out: 'highstate', ret: true } }));
  expect(asked[0]?.batch).toBe('25%');
});
